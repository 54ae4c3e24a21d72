package main

import (
	"os"
	"path/filepath"
	"testing"
)

// tree makes files below a folder of its own, as a control group file system has them.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func content(t *testing.T, parts ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestVersion1HasAGroupInEveryHierarchy(t *testing.T) {
	root := tree(t, map[string]string{
		"memory/memory.limit_in_bytes": "max",
		"systemd/cgroup.procs":         "",
		"cpuset/cpuset.cpus":           "0-3",
		"cpuset/cpuset.mems":           "0",
		"cpu,cpuacct/cpu.shares":       "1024",
	})
	// As a machine has it: another name of the same hierarchy.
	if err := os.Symlink("cpu,cpuacct", filepath.Join(root, "cpu")); err != nil {
		t.Fatal(err)
	}

	if err := makeCgroups(root, "drydock-x"); err != nil {
		t.Fatal(err)
	}

	for _, hierarchy := range []string{"memory", "systemd", "cpuset", "cpu,cpuacct"} {
		if _, err := os.Stat(filepath.Join(root, hierarchy, "drydock-x")); err != nil {
			t.Error(err)
		}
	}
	if got := content(t, root, "cpuset/drydock-x/cpuset.cpus"); got != "0-3" {
		t.Errorf("cpuset.cpus is %q: nothing could run there", got)
	}
	if got := len(hierarchies(root)); got != 4 {
		t.Errorf("%d hierarchies: a link is none", got)
	}
}

func TestVersion2GivesEveryControllerOn(t *testing.T) {
	root := tree(t, map[string]string{
		"cgroup.controllers":     "cpuset cpu io memory pids\n",
		"cgroup.subtree_control": "",
	})

	if err := makeCgroups(root, "drydock-x"); err != nil {
		t.Fatal(err)
	}

	if _, err := os.Stat(filepath.Join(root, "drydock-x")); err != nil {
		t.Error(err)
	}
	// A real file collects; this one keeps the last that was written.
	if got := content(t, root, "cgroup.subtree_control"); got != "+pids" {
		t.Errorf("subtree_control was given %q last", got)
	}
	if got := hierarchies(root); len(got) != 1 || got[0] != root {
		t.Errorf("hierarchies are %v: there is one", got)
	}
}

func TestGroupsAreRemovedFromTheInnermostOn(t *testing.T) {
	root := tree(t, map[string]string{"memory/tasks": "", "pids/tasks": ""})
	for _, group := range []string{"memory/drydock-x/kubepods/pod1", "pids/drydock-x/kubepods"} {
		if err := os.MkdirAll(filepath.Join(root, group), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(root, "memory/drydock-xy"), 0o755); err != nil {
		t.Fatal(err)
	}

	removeCgroups(root, "drydock-x")

	for _, hierarchy := range []string{"memory", "pids"} {
		if _, err := os.Stat(filepath.Join(root, hierarchy, "drydock-x")); err == nil {
			t.Errorf("%s/drydock-x is still there", hierarchy)
		}
	}
	if _, err := os.Stat(filepath.Join(root, "memory/drydock-xy")); err != nil {
		t.Error("another cluster's group is gone")
	}
}
