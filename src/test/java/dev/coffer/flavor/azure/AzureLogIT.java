package dev.coffer.flavor.azure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.coffer.BuiltCommand;
import dev.coffer.flavor.TestTls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built command, where somebody has told Azure's libraries to log, which they would do on stdout. */
class AzureLogIT {
    private static final Map<String, String> LOGGING =
            Map.of("AZURE_LOG_LEVEL", "verbose", "AZURE_HTTP_LOG_DETAIL_LEVEL", "body_and_headers");
    private static final String VALUE = "canary-7d1f";

    @TempDir
    Path folder;

    private BuiltCommand coffer;
    private AzureServer vault;
    private AzureLoginServer login;

    @BeforeEach
    void register() throws Exception {
        TestTls tls = TestTls.create(Files.createDirectory(folder.resolve("tls")), "127.0.0.1");
        vault = AzureServer.start(tls.serverContext());
        login = new AzureLoginServer(tls.serverContext());
        vault.require("token-1", login.address() + "/the-tenant");
        coffer = new BuiltCommand(folder, "home");
        coffer.done("secret", "register", "login", "--secret=" + AzureLoginServer.SECRET);
        coffer.done(
                "secrets-manager",
                "register",
                "team",
                "--flavor=azure",
                "--vault-url=" + vault.address(),
                "--authority-host=" + login.address(),
                "--ca-file=" + tls.authority(),
                "--tenant-id=the-tenant",
                "--client-id=the-client",
                "--client-secret={{login.secret}}",
                "--scope=none");
        coffer.done("stack", "register", "team", "--secrets-manager=team");
        coffer.done("secret", "register", "db", "--k=" + VALUE, "--stack=team");
    }

    @AfterEach
    void stop() {
        vault.close();
        login.close();
    }

    @Test
    void value_isAllThatIsPrinted() throws Exception {
        BuiltCommand.Said said = coffer.run(LOGGING, "secret", "get", "db", "--key=k", "--stack=team");
        assertEquals(new BuiltCommand.Said(0, VALUE), said);
    }

    @Test
    void failure_isTold_withoutWhatTheLibrariesSayOfIt() throws Exception {
        vault.require("nobody-has-it", login.address() + "/the-tenant");
        BuiltCommand.Said refused = coffer.run(LOGGING, "secret", "get", "db", "--stack=team");
        refused.assertRefused(9, "not authenticated");
        coffer.done("secret", "update", "login", "--secret=wrong-" + AzureLoginServer.SECRET);
        BuiltCommand.Said wrong = coffer.run(LOGGING, "secret", "get", "db", "--stack=team");
        wrong.assertRefused(9, "not authenticated");
        for (String text : new String[] {refused.text(), wrong.text()}) {
            assertFalse(text.contains("com.azure") || text.contains(AzureLoginServer.SECRET), text);
            assertEquals(2, text.lines().count(), text);
        }
    }
}
