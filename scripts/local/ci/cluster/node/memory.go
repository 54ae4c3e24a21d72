package main

import (
	"os"
	"regexp"
	"strconv"
)

// imagesMemoryMin is what must be free for images to be kept in memory: those of the sample run take
// an eighth of it, and a tmpfs grows to half of all memory at most.
const imagesMemoryMin = 8 << 30

var memAvailable = regexp.MustCompile(`(?m)^MemAvailable: +(\d+) kB$`)

// imagesFitInMemory says where unpacked images go: in memory nothing waits for a disk when they are
// loaded, and nothing is left to delete when the cluster ends.
func imagesFitInMemory() bool {
	text, err := os.ReadFile("/proc/meminfo")
	return err == nil && available(string(text)) >= imagesMemoryMin
}

// available reads /proc/meminfo, in bytes; 0 where it does not say.
func available(meminfo string) int64 {
	found := memAvailable.FindStringSubmatch(meminfo)
	if found == nil {
		return 0
	}
	kibibytes, _ := strconv.ParseInt(found[1], 10, 54)
	return kibibytes << 10
}
