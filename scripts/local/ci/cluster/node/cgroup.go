package main

import (
	"os"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
	"time"
)

const cgroupRoot = "/sys/fs/cgroup"

func isUnified(root string) bool {
	_, err := os.Stat(filepath.Join(root, "cgroup.controllers"))
	return err == nil
}

// hierarchies lists the mount of each hierarchy: one on version 2, a folder each on version 1.
func hierarchies(root string) []string {
	if isUnified(root) {
		return []string{root}
	}
	entries, _ := os.ReadDir(root)
	var found []string
	for _, entry := range entries {
		// "cpu" may be a link to "cpu,cpuacct": the same group, made once.
		if entry.IsDir() {
			found = append(found, filepath.Join(root, entry.Name()))
		}
	}
	return found
}

// makeCgroups makes the group in every hierarchy, also in the named ones, where the kubelet looks.
func makeCgroups(root, name string) error {
	for _, hierarchy := range hierarchies(root) {
		group := filepath.Join(hierarchy, name)
		if err := os.Mkdir(group, 0o755); err != nil && !os.IsExist(err) {
			return err
		}
		// A new group of this hierarchy may run nowhere until it is told where.
		for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
			if value, err := os.ReadFile(filepath.Join(hierarchy, file)); err == nil {
				_ = os.WriteFile(filepath.Join(group, file), value, 0o644)
			}
		}
		if isUnified(root) {
			if err := delegate(hierarchy); err != nil {
				return err
			}
		}
	}
	return nil
}

// delegate makes every controller usable in the groups below (cgroup v2).
func delegate(group string) error {
	controllers, err := os.ReadFile(filepath.Join(group, "cgroup.controllers"))
	if err != nil {
		return err
	}
	for _, controller := range strings.Fields(string(controllers)) {
		file := filepath.Join(group, "cgroup.subtree_control")
		_ = os.WriteFile(file, []byte("+"+controller), 0o644)
	}
	return nil
}

// removeCgroups removes the groups of that name and all below them. Their processes are dying: a
// group can be removed once the last of them is gone.
func removeCgroups(root, name string) {
	deadline := time.Now().Add(downTimeout)
	for _, hierarchy := range hierarchies(root) {
		var folders []string
		note := func(path string, entry os.DirEntry, err error) error {
			if err == nil && entry.IsDir() {
				folders = append(folders, path)
			}
			return nil
		}
		_ = filepath.WalkDir(filepath.Join(hierarchy, name), note)
		sort.Sort(sort.Reverse(sort.StringSlice(folders)))
		for _, folder := range folders {
			for syscall.Rmdir(folder) == syscall.EBUSY && time.Now().Before(deadline) {
				time.Sleep(pollInterval)
			}
		}
	}
}
