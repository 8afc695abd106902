package main

import (
	"os/exec"
	"runtime"
)

// openBrowser asks the desktop to show a page. It reports an error where there
// is no desktop; the page's address is printed in any case.
func openBrowser(url string) error {
	var c *exec.Cmd
	switch runtime.GOOS {
	case "darwin":
		c = exec.Command("open", url)
	case "windows":
		c = exec.Command("rundll32", "url.dll,FileProtocolHandler", url)
	default:
		c = exec.Command("xdg-open", url)
	}
	if err := c.Start(); err != nil {
		return err
	}
	go func() { _ = c.Wait() }() // it may live as long as the browser
	return nil
}
