package main

import (
	"context"
	"crypto/sha512"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/web"
)

// version prints what this program is and the SHA-384 of each file that a
// voter's phone loads.
func version(_ context.Context, args []string, stdout io.Writer) error {
	if err := parseFlags(flag.NewFlagSet("version", flag.ContinueOnError), args, 0); err != nil {
		return err
	}
	fmt.Fprintln(stdout, programName())
	for _, f := range web.Files() {
		fmt.Fprintf(stdout, "sha384 %s  %s\n", f.SHA384, f.Name)
	}
	return nil
}

// programName is this program with its version.
func programName() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return "homphieu " + info.Main.Version
	}
	return "homphieu (development)"
}

// phone is the name that an ordinary phone gives itself. A server that wants to
// cheat voters but not auditors must not be able to tell them apart.
const phone = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"

// phoneHeaders are what that phone says of each kind of file it asks for.
var phoneHeaders = map[string]map[string]string{
	".html": {
		"Accept":         "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
		"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none", "Sec-Fetch-User": "?1",
		"Upgrade-Insecure-Requests": "1",
	},
	".js":  {"Accept": "*/*", "Sec-Fetch-Dest": "script", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Site": "same-origin"},
	".css": {"Accept": "text/css,*/*;q=0.1", "Sec-Fetch-Dest": "style", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Site": "same-origin"},
}

// maxPageFile bounds what check-page reads of one file.
const maxPageFile = 8 << 20

// checkPage fetches the voter's page and what it loads, as an ordinary phone
// would, and compares them with the files in this program.
func checkPage(ctx context.Context, args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("check-page", flag.ContinueOnError)
	if err := parseFlags(flags, args, 1); err != nil {
		return err
	}
	address, _, _ := strings.Cut(flags.Arg(0), "#") // of a whole slip's link the secret is not sent
	base, uuid, found := strings.Cut(address, "/v/")
	if !found {
		uuid = string(ballot.NewUUID()) // the page is the same for every poll
	}
	public, err := parsePublicURL(strings.TrimSuffix(base, "/"))
	if err != nil {
		return fmt.Errorf("check-page: %w", err)
	}
	client := &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse // a phone's page is never elsewhere
	}}
	different := 0
	for _, f := range web.Files() {
		path := strings.Replace(f.Path, "{uuid}", uuid, 1)
		got, err := fetchHash(ctx, client, public.JoinPath(path).String(), f.Name)
		if err != nil {
			return fmt.Errorf("check-page: %w", err)
		}
		verdict := "same"
		if got != f.SHA384 {
			verdict, different = "DIFFERENT", different+1
		}
		fmt.Fprintf(stdout, "%-9s  %s  sha384 %s\n", verdict, f.Name, got)
	}
	if different > 0 {
		return fmt.Errorf("check-page: %d files differ from those of this program; stop the vote and find out why", different)
	}
	return nil
}

func fetchHash(ctx context.Context, client *http.Client, address, file string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	request.Header.Set("User-Agent", phone)
	request.Header.Set("Accept-Language", "vi-VN,vi;q=0.9")
	for name, value := range phoneHeaders[filepath.Ext(file)] {
		request.Header.Set(name, value)
	}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: status %d", address, response.StatusCode)
	}
	hash := sha512.New384()
	if n, err := io.Copy(hash, io.LimitReader(response.Body, maxPageFile+1)); err != nil {
		return "", err
	} else if n > maxPageFile {
		return "", fmt.Errorf("%s: larger than %d bytes", address, maxPageFile)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
