// An OpenBao server for the tests of the flavor vault: the real core and HTTP handler of OpenBao, in memory, on loopback,
// initialised and unsealed by itself. It has KV v2 at secret/, KV v1 at kv1/, and the logins approle and userpass. It
// prints its address and its root token, a line each, and ends when its standard input does, so that no server outlives
// its test. With "bao" as its first argument it is OpenBao's own command instead.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"

	log "github.com/hashicorp/go-hclog"
	"github.com/openbao/openbao/builtin/credential/approle"
	"github.com/openbao/openbao/builtin/credential/userpass"
	"github.com/openbao/openbao/builtin/logical/kv"
	"github.com/openbao/openbao/command"
	"github.com/openbao/openbao/helper/builtinplugins"
	"github.com/openbao/openbao/helper/namespace"
	vaulthttp "github.com/openbao/openbao/http"
	"github.com/openbao/openbao/sdk/v2/logical"
	"github.com/openbao/openbao/sdk/v2/physical/inmem"
	"github.com/openbao/openbao/vault"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "bao" {
		os.Exit(command.Run(os.Args[2:]))
	}
	port := flag.Int("port", 0, "the port on 127.0.0.1; 0 for a free one")
	rootToken := flag.String("root-token", "", "the root token; made up if empty")
	cert := flag.String("tls-cert", "", "PEM file with the server's certificate; without it there is no TLS")
	key := flag.String("tls-key", "", "PEM file with the private key of that certificate")
	clientCA := flag.String("client-ca", "", "PEM file with the CA that every client's certificate must come from")
	flag.Parse()

	if err := run(*port, *rootToken, *cert, *key, *clientCA); err != nil {
		fmt.Fprintln(os.Stderr, "openbao-server:", err)
		os.Exit(1)
	}
}

func run(port int, rootToken, cert, key, clientCA string) error {
	logger := log.New(&log.LoggerOptions{Level: log.Warn, Output: os.Stderr})
	core, token, err := start(logger, rootToken)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return err
	}
	scheme := "http"
	if cert != "" || key != "" || clientCA != "" {
		config, err := tlsConfig(cert, key, clientCA)
		if err != nil {
			return err
		}
		listener = tls.NewListener(listener, config)
		scheme = "https"
	}
	handler := vaulthttp.Handler.Handler(&vault.HandlerProperties{Core: core})
	server := &http.Server{
		Handler:  handler,
		ErrorLog: logger.StandardLogger(&log.StandardLoggerOptions{}),
	}
	fmt.Printf("%s://%s\n%s\n", scheme, listener.Addr(), token)

	go func() {
		io.Copy(io.Discard, os.Stdin)
		server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func tlsConfig(cert, key, clientCA string) (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	if clientCA != "" {
		pem, err := os.ReadFile(clientCA)
		if err != nil {
			return nil, err
		}
		config.ClientCAs = x509.NewCertPool()
		if !config.ClientCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("no certificate in %s", clientCA)
		}
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return config, nil
}

// start gives an unsealed core with its mounts and logins, and its root token.
func start(logger log.Logger, rootToken string) (*vault.Core, string, error) {
	storage, err := inmem.NewInmem(nil, logger)
	if err != nil {
		return nil, "", err
	}
	core, err := vault.NewCore(&vault.CoreConfig{
		Physical:           storage,
		StorageType:        "inmem",
		LogicalBackends:    map[string]logical.Factory{"kv": kv.Factory},
		CredentialBackends: map[string]logical.Factory{"approle": approle.Factory, "userpass": userpass.Factory},
		BuiltinRegistry:    builtinplugins.Registry,
		Logger:             logger,
	})
	if err != nil {
		return nil, "", err
	}
	ctx := namespace.RootContext(context.Background())
	initialised, err := core.Initialize(ctx, &vault.InitParams{
		BarrierConfig: &vault.SealConfig{SecretShares: 1, SecretThreshold: 1, StoredShares: 1},
	})
	if err != nil {
		return nil, "", err
	}
	unsealed, err := core.Unseal(initialised.SecretShares[0])
	if err != nil {
		return nil, "", err
	}
	if !unsealed {
		return nil, "", errors.New("the core stays sealed")
	}
	token := initialised.RootToken
	if rootToken != "" {
		err = write(ctx, core, token, "auth/token/create", map[string]interface{}{
			"id": rootToken, "policies": []string{"root"}, "no_parent": true, "no_default_policy": true})
		if err != nil {
			return nil, "", err
		}
		token = rootToken
	}
	for _, mount := range []struct {
		path string
		data map[string]interface{}
	}{
		{"sys/mounts/secret", kvMount("2")},
		{"sys/mounts/kv1", kvMount("1")},
		{"sys/auth/approle", map[string]interface{}{"type": "approle"}},
		{"sys/auth/userpass", map[string]interface{}{"type": "userpass"}},
	} {
		if err := write(ctx, core, token, mount.path, mount.data); err != nil {
			return nil, "", err
		}
	}
	return core, token, nil
}

func kvMount(version string) map[string]interface{} {
	return map[string]interface{}{"type": "kv", "options": map[string]string{"version": version}}
}

func write(ctx context.Context, core *vault.Core, token, path string, data map[string]interface{}) error {
	response, err := core.HandleRequest(ctx, &logical.Request{
		Operation: logical.UpdateOperation, ClientToken: token, Path: path, Data: data})
	if err == nil && response.IsError() {
		err = response.Error()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
