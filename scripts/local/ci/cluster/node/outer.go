package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	upTimeout    = 120 * time.Second
	downTimeout  = 20 * time.Second
	pollInterval = 20 * time.Millisecond
)

// up starts `run` in a session of its own and shows its progress until the node is ready.
func up(node Node) error {
	if err := os.MkdirAll(node.path("logs"), 0o700); err != nil {
		return err
	}
	log, err := os.Create(node.path("logs", "run.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	// The file is there before anybody may write to it or read it.
	if err := os.WriteFile(node.progressFile(), nil, 0o600); err != nil {
		return err
	}
	command := exec.Command(node.program("node"), "run", "--name", node.Name, "--dir", node.Dir,
		"--programs", node.Programs)
	command.Stdout, command.Stderr = log, log
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := command.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	return follow(node, ended)
}

// follow prints each line of progress once, and says why where the node does not come up.
func follow(node Node, ended <-chan error) error {
	file, err := os.Open(node.progressFile())
	if err != nil {
		return err
	}
	defer file.Close()
	reader := bufio.NewReader(file)
	partial := ""
	deadline := time.Now().Add(upTimeout)
	for {
		for {
			line, err := reader.ReadString('\n')
			partial += line
			if err != nil {
				break
			}
			fmt.Fprint(os.Stderr, partial)
			partial = ""
		}
		if _, err := os.Stat(node.readyFile()); err == nil {
			return nil
		}
		select {
		case err := <-ended:
			tail(node)
			return fmt.Errorf("the node ended before it was ready: %v", err)
		default:
		}
		if time.Now().After(deadline) {
			tail(node)
			_ = down(node)
			return fmt.Errorf("the node was not ready after %s", upTimeout)
		}
		time.Sleep(pollInterval)
	}
}

// tail shows the end of the logs that were written to last, the newest at the bottom.
func tail(node Node) {
	const shownBytes = 2_000
	names, _ := filepath.Glob(node.path("logs", "*.log"))
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil || len(text) == 0 {
			continue
		}
		if len(text) > shownBytes {
			text = text[len(text)-shownBytes:]
		}
		fmt.Fprintf(os.Stderr, "--- %s\n%s\n", name, text)
	}
}

// run is the process that a cluster is: when it ends, the tree inside is killed by the kernel, and
// `sweep` clears what is left.
func run(node Node) error {
	// The parent-death signal is tied to the thread that starts the child.
	runtime.LockOSThread()
	if err := os.WriteFile(node.pidFile(), []byte(strconv.Itoa(os.Getpid())), 0o600); err != nil {
		return err
	}
	alive, err := startSweeper(node)
	if err != nil {
		return err
	}
	defer runtime.KeepAlive(alive)
	port, err := serveOutside(node)
	if err != nil {
		return err
	}
	child := exec.Command(node.program("node"), "inner", "--name", node.Name, "--dir", node.Dir,
		"--programs", node.Programs)
	child.Env = append(os.Environ(), "DRYDOCK_API_PORT="+port)
	child.Stdout, child.Stderr = os.Stdout, os.Stderr
	child.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID,
		Pdeathsig:  syscall.SIGKILL,
	}
	if err := child.Start(); err != nil {
		return fmt.Errorf("cannot make namespaces (this needs root): %w", err)
	}
	pid := strconv.Itoa(child.Process.Pid)
	if err := os.WriteFile(node.innerPidFile(), []byte(pid), 0o600); err != nil {
		return err
	}
	stops := make(chan os.Signal, 1)
	signal.Notify(stops, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		<-stops
		_ = child.Process.Kill()
	}()
	return child.Wait()
}

// startSweeper hands the sweeper the reading end of a pipe that closes with this process.
func startSweeper(node Node) (*os.File, error) {
	reading, writing, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer reading.Close()
	sweeper := exec.Command(node.program("node"), "sweep", "--name", node.Name, "--dir", node.Dir,
		"--programs", node.Programs)
	sweeper.Stdin = reading
	sweeper.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return writing, sweeper.Start()
}

// sweep outlives `run` by as long as it takes to clear up after it.
func sweep(node Node) error {
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	_, _ = io.Copy(io.Discard, os.Stdin)
	if pid, err := readPid(node.innerPidFile()); err == nil {
		_ = syscall.Kill(pid, syscall.SIGKILL)
		for deadline := time.Now().Add(downTimeout); alive(pid) && time.Now().Before(deadline); {
			time.Sleep(pollInterval)
		}
	}
	removeCgroups(cgroupRoot, node.cgroup())
	return os.RemoveAll(node.Dir)
}

func down(node Node) error {
	pid, err := readPid(node.pidFile())
	if err == nil && alive(pid) && isOurs(pid, node) {
		if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
			return err
		}
		deadline := time.Now().Add(downTimeout)
		for {
			if _, err := os.Stat(node.Dir); errors.Is(err, os.ErrNotExist) {
				return nil
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("%s is still there after %s", node.Dir, downTimeout)
			}
			time.Sleep(pollInterval)
		}
	}
	// Left by a machine that went down with it.
	removeCgroups(cgroupRoot, node.cgroup())
	return os.RemoveAll(node.Dir)
}

func readPid(file string) (int, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(text)))
}

// alive is false for a zombie too: whoever inherited it may take its time to reap it.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	state := strings.TrimSpace(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	return !strings.HasPrefix(state, "Z") && !strings.HasPrefix(state, "X")
}

// isOurs guards against a number that another process has got since.
func isOurs(pid int, node Node) bool {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return err == nil && strings.Contains(string(line), "run\x00--name\x00"+node.Name+"\x00")
}

// serveOutside listens on loopback, outside, for the API server, which listens inside: a Unix
// socket is found by its path, whatever the network namespace.
func serveOutside(node Node) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	go carry(listener, func() (net.Conn, error) { return net.Dial("unix", node.apiSocket()) })
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, err
}

// carry joins each connection that comes in with one that dial makes.
func carry(listener net.Listener, dial func() (net.Conn, error)) {
	for {
		near, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer near.Close()
			far, err := dial()
			if err != nil {
				return
			}
			defer far.Close()
			done := make(chan struct{}, 2)
			pass := func(to, from net.Conn) {
				_, _ = io.Copy(to, from)
				if half, ok := to.(interface{ CloseWrite() error }); ok {
					_ = half.CloseWrite()
				}
				done <- struct{}{}
			}
			go pass(far, near)
			go pass(near, far)
			<-done
			<-done
		}()
	}
}
