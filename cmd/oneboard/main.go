// Command oneboard is the door: it reads flags, the clock, the environment and
// files, calls the rooms, and turns what they give into text, JSON and an exit
// code. It decides nothing about a reorganisation.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	dir, err := os.Getwd()
	if err != nil {
		dir = "." // the folder is gone; what is named absolutely can still be read
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	e := &env{
		ctx: ctx, in: os.Stdin, out: os.Stdout, err: os.Stderr, dir: dir,
		getenv: os.Getenv, now: time.Now, browse: openBrowser, state: os.UserCacheDir,
	}
	code := e.run(os.Args[1:])
	stop()
	os.Exit(code)
}
