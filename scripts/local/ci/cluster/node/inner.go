package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

const partTimeout = 60 * time.Second

// Progress tells `up` what has been done and how long it took.
type Progress struct {
	mutex sync.Mutex
	file  *os.File
}

func (p *Progress) tell(name, what string, since time.Time) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	fmt.Fprintf(p.file, "==> %-9s %s, %.1f s\n", name, what, time.Since(since).Seconds())
}

// inner is process 1 of the namespaces. Its end is the end of everything inside.
func inner(node Node) error {
	begin := time.Now()
	file, err := os.OpenFile(node.progressFile(), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	progress := &Progress{file: file}
	for _, step := range []func(Node) error{prepareMounts, prepareNetwork} {
		if err := step(node); err != nil {
			return err
		}
	}
	if err := makeCgroups(cgroupRoot, node.cgroup()); err != nil {
		return fmt.Errorf("cannot make control groups: %w", err)
	}
	authority, admin, err := makePki(node, os.Getenv("DRYDOCK_API_PORT"))
	if err != nil {
		return err
	}
	if err := writeConfigurations(node); err != nil {
		return err
	}
	listener, err := net.Listen("unix", node.apiSocket())
	if err != nil {
		return err
	}
	inside := net.JoinHostPort(nodeAddress, apiPort)
	go carry(listener, func() (net.Conn, error) { return net.Dial("tcp", inside) })
	progress.tell("machine", "namespaces, network, control groups, certificates", begin)

	parts := &Parts{node: node, ended: make(chan string, 16)}
	api := newAPI("https://"+inside, authority, admin)
	if err := bringUp(node, parts, api, progress); err != nil {
		return err
	}
	progress.tell("ready", "node "+node.cgroup(), begin)
	if err := os.WriteFile(node.readyFile(), nil, 0o600); err != nil {
		return err
	}
	return keep(parts)
}

// keep reaps orphans until a part ends, which ends the node: half a cluster helps nobody.
func keep(parts *Parts) error {
	children := make(chan os.Signal, 1)
	signal.Notify(children, syscall.SIGCHLD)
	for {
		select {
		case name := <-parts.ended:
			return fmt.Errorf("%s ended", name)
		case <-children:
			reap()
		}
	}
}

// bringUp starts the parts as early as what they need is there.
func bringUp(node Node, parts *Parts, api *API, progress *Progress) error {
	begin := time.Now()
	parts.start("etcd", "etcd", etcdArguments(node)...)
	parts.start("containerd", "containerd", "--config", node.path("containerd.toml"))
	if err := parts.wait("etcd", func() error { return dial("tcp", "127.0.0.1:2379") }); err != nil {
		return err
	}
	progress.tell("etcd", "answers", begin)
	begin = time.Now()
	parts.kube("kube-apiserver", apiserverArguments(node)...)
	runtime := func() error { return dial("unix", node.containerdSocket()) }
	if err := parts.wait("containerd", runtime); err != nil {
		return err
	}
	if err := importPause(node); err != nil {
		return err
	}
	progress.tell("runtime", "containerd answers, the pause image is there", begin)
	if err := parts.wait("kube-apiserver", api.ready); err != nil {
		return err
	}
	progress.tell("api", "kube-apiserver is ready", begin)
	begin = time.Now()
	parts.kube("kube-controller-manager", controllerArguments(node)...)
	parts.kube("kube-scheduler", schedulerArguments(node)...)
	parts.kube("kubelet", kubeletArguments(node)...)
	parts.kube("kube-proxy", "--config", node.path("kube-proxy.yaml"))
	if err := api.makeDNSService(); err != nil {
		return err
	}
	parts.start("dns", node.program("dns"), "-conf", node.path("Corefile"))
	for name, check := range map[string]func() error{
		"kubelet":                 func() error { return api.nodeReady(node.cgroup()) },
		"kube-controller-manager": api.accountsReady,
		"dns":                     dnsReady,
	} {
		if err := parts.wait(name, check); err != nil {
			return err
		}
	}
	progress.tell("node", "is Ready, names resolve, accounts are made", begin)
	return nil
}

// Parts are the processes that make the node.
type Parts struct {
	node  Node
	ended chan string
}

func (p *Parts) kube(component string, arguments ...string) {
	p.start(component, p.node.program("kube"), append([]string{component}, arguments...)...)
}

func (p *Parts) start(name, program string, arguments ...string) {
	command := exec.Command(program, arguments...)
	log, err := os.Create(p.node.path("logs", name+".log"))
	if err == nil {
		defer log.Close()
		command.Stdout, command.Stderr = log, log
		err = command.Start()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", name, err)
		p.ended <- name
		return
	}
	go func() {
		// Also where somebody else took its status: it is gone.
		_ = command.Wait()
		p.ended <- name
	}()
}

// wait repeats check until it says nil.
func (p *Parts) wait(name string, check func() error) error {
	deadline := time.Now().Add(partTimeout)
	for {
		err := check()
		if err == nil {
			return nil
		}
		select {
		case gone := <-p.ended:
			return fmt.Errorf("%s ended while %s was awaited", gone, name)
		default:
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s is not ready after %s: %w", name, partTimeout, err)
		}
		time.Sleep(pollInterval)
	}
}

func dial(network, address string) error {
	connection, err := net.Dial(network, address)
	if err != nil {
		return err
	}
	return connection.Close()
}

type mountPoint struct {
	source, target, kind, options string
	flags                         uintptr
}

// prepareMounts makes private whatever programs write outside the cluster's own folder.
func prepareMounts(node Node) error {
	mounts := []mountPoint{
		{"", "/", "", "", syscall.MS_REC | syscall.MS_PRIVATE},
		{"proc", "/proc", "proc", "", syscall.MS_NOSUID | syscall.MS_NODEV | syscall.MS_NOEXEC},
		{"tmpfs", "/var/log", "tmpfs", "mode=755", 0},
		{"tmpfs", "/run", "tmpfs", "mode=755", syscall.MS_NOSUID | syscall.MS_NODEV},
		{"overlay", "/var/lib", "overlay", fmt.Sprintf("lowerdir=/var/lib,upperdir=%s,workdir=%s",
			node.path("lib", "upper"), node.path("lib", "work")), 0},
	}
	for _, folder := range []string{
		node.path("lib", "upper"), node.path("lib", "work"), node.imagesFolder(),
	} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
	}
	if imagesFitInMemory() {
		mounts = append(mounts, mountPoint{"tmpfs", node.imagesFolder(), "tmpfs", "mode=711", 0})
	}
	for _, mount := range mounts {
		err := syscall.Mount(mount.source, mount.target, mount.kind, mount.flags, mount.options)
		if err != nil {
			return fmt.Errorf("cannot mount %s: %w", mount.target, err)
		}
	}
	return nil
}

// prepareNetwork makes the bridge that pods are plugged into. The API server listens on its
// address: loopback is refused as an endpoint.
func prepareNetwork(Node) error {
	for _, line := range []string{
		"link set lo up",
		"link add " + bridgeName + " type bridge",
		"address add " + nodeAddress + "/24 dev " + bridgeName,
		"link set " + bridgeName + " up",
	} {
		if output, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
			return fmt.Errorf("ip %s: %w: %s", line, err, output)
		}
	}
	for file, needed := range map[string]bool{
		"net/ipv4/ip_forward": true,
		// Absent where the kernel has no bridge filter as a module: then it filters anyway.
		"net/bridge/bridge-nf-call-iptables": false,
	} {
		err := os.WriteFile(filepath.Join("/proc/sys", file), []byte("1"), 0o644)
		if err != nil && needed {
			return err
		}
	}
	return nil
}
