package main

import "path/filepath"

// Addresses inside the node's own network namespace: every cluster has the same ones, and none of
// them is seen from outside.
const (
	bridgeName     = "drydock0"
	nodeAddress    = "10.244.0.1"
	podNetwork     = "10.244.0.0/24"
	serviceNetwork = "10.96.0.0/16"
	apiService     = "10.96.0.1"
	dnsService     = "10.96.0.10"
	apiPort        = "6443"
	pauseImage     = "registry.k8s.io/pause:3.10"
)

// Node names one cluster and where its things are.
type Node struct {
	Name     string
	Dir      string
	Programs string
}

func (n Node) path(parts ...string) string {
	return filepath.Join(append([]string{n.Dir}, parts...)...)
}

func (n Node) program(name string) string { return filepath.Join(n.Programs, name) }

// cgroup is the name of the control group in each hierarchy, and the node's in the API.
func (n Node) cgroup() string { return "drydock-" + n.Name }

func (n Node) progressFile() string { return n.path("progress") }

func (n Node) pidFile() string { return n.path("pid") }

func (n Node) innerPidFile() string { return n.path("inner.pid") }

func (n Node) readyFile() string { return n.path("ready") }

func (n Node) apiSocket() string { return n.path("api.sock") }

// imagesFolder is containerd's root.
func (n Node) imagesFolder() string { return n.path("containerd") }

func (n Node) containerdSocket() string { return n.path("containerd.sock") }
