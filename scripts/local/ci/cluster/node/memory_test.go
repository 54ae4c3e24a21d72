package main

import "testing"

func TestAvailableMemoryIsReadInBytes(t *testing.T) {
	const meminfo = "MemTotal:       24611456 kB\nMemFree:          120 kB\nMemAvailable:   23068672 kB\n"
	if got := available(meminfo); got != 22<<30 {
		t.Errorf("available is %d", got)
	}
	for _, text := range []string{"", "MemAvailable: many kB\n", "MemFree: 8 kB\n"} {
		if got := available(text); got != 0 {
			t.Errorf("available(%q) is %d", text, got)
		}
	}
}
