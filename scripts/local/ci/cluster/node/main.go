// node runs a whole Kubernetes of one node as one tree of processes in namespaces of its own, and
// leaves nothing when it ends, however it ends.
//
//	up    starts `run` and tells its progress until the node is ready
//	run   stays outside: keeps the tree alive, and carries connections to the API server into it
//	inner is the first process inside: prepares the namespaces and starts every part
//	sweep waits for the end of `run` and takes away what only files remember: control groups, folder
//	down  ends `run` and waits for `sweep`
//	pause holds a pod's namespaces, inside the image of that name
//
// Nothing here is a library: scripts/local/ci/cluster.sh is the door.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	if filepath.Base(os.Args[0]) == "pause" {
		pause()
		return
	}
	if len(os.Args) < 2 {
		usage()
	}
	verbs := map[string]func(Node) error{
		"up": up, "run": run, "inner": inner, "sweep": sweep, "down": down,
	}
	verb, known := verbs[os.Args[1]]
	if !known {
		usage()
	}
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	var node Node
	flags.StringVar(&node.Name, "name", "drydock", "tells clusters on one machine apart")
	flags.StringVar(&node.Dir, "dir", "", "everything of the cluster is below it")
	flags.StringVar(&node.Programs, "programs", "", "folder with kube, dns and node")
	_ = flags.Parse(os.Args[2:])
	if node.Dir == "" || node.Programs == "" {
		usage()
	}
	if err := verb(node); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: node {up|run|down} --name NAME --dir DIR --programs DIR")
	os.Exit(2)
}

func pause() {
	ends := make(chan os.Signal, 1)
	signal.Notify(ends, syscall.SIGINT, syscall.SIGTERM)
	children := make(chan os.Signal, 1)
	signal.Notify(children, syscall.SIGCHLD)
	for {
		select {
		case <-ends:
			return
		case <-children:
			reap()
		}
	}
}

// reap takes the status of every child that has ended: the first process of a namespace inherits
// all orphans.
func reap() {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		if pid <= 0 || err != nil {
			return
		}
	}
}
