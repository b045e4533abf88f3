package dev.coffer.flavor.github;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.BuiltCommand;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built command, synchronizing with a target that only writes, and with one that refuses. */
class GithubSyncIT {
    private final GithubBackend backend = new GithubBackend();

    @TempDir
    Path folder;

    private BuiltCommand coffer;

    @BeforeEach
    void register() throws Exception {
        coffer = new BuiltCommand(folder, "home");
        URI url = GithubServer.shared().address();
        String repository = Path.of(backend.place().path).getName(2).toString();
        coffer.done("secret", "register", "github", "--token=" + GithubServer.TOKEN);
        coffer.done(
                "secrets-manager",
                "register",
                "actions",
                "--flavor=github",
                "--url=" + url,
                "--owner=octocat",
                "--repository=" + repository,
                "--token={{github.token}}",
                "--scope=none");
        coffer.done("secret", "register", "prod/db", "--password=canary-1", "--user=ada");
    }

    private void token(String token) throws Exception {
        coffer.done("secret", "update", "github", "--token=" + token);
    }

    @Test
    void valuesThatCannotBeReadBack_areAssumed_andDriftIsDecided() throws Exception {
        coffer.done("sync", "add", "actions", "--only", "prod/*");
        coffer.done("sync", "push");
        assertEquals(
                Map.of("COFFER_PROD___2FDB__PASSWORD", "canary-1", "COFFER_PROD___2FDB__USER", "ada"),
                backend.place().values());
        String status = coffer.done("sync", "status", "-o", "json");
        assertTrue(status.contains("\"assumed\":1"), status);
        assertTrue(coffer.done("sync", "push").contains("nothing to do"));

        backend.plant("COFFER_PROD___2FDB__PASSWORD", "theirs");
        coffer.run("sync", "push").assertRefused(8, "was changed on the target, whose values cannot be read");
        coffer.done("secret", "update", "prod/db", "--password=canary-2");
        coffer.run("sync", "push").assertRefused(8, "conflict");
        assertEquals("theirs", backend.place().values().get("COFFER_PROD___2FDB__PASSWORD"));

        coffer.run("sync", "resolve", "prod/db", "--theirs").assertRefused(10);
        coffer.done("sync", "resolve", "prod/db", "--ours");
        coffer.done("sync", "push");
        assertEquals("canary-2", backend.place().values().get("COFFER_PROD___2FDB__PASSWORD"));
        coffer.done("secret", "delete", "prod/db", "-y");
        coffer.done("sync", "push", "--mirror-deletes", "-y");
        assertEquals(Map.of(), backend.place().values());
    }

    @Test
    void tokenThatMayNot_orIsNone_isTold_andNothingIsCountedAsSent() throws Exception {
        coffer.done("sync", "add", "actions", "--only", "prod/*");
        token(GithubServer.READER);
        BuiltCommand.Said denied = coffer.run("sync", "push");
        denied.assertRefused(9, "prod/db", "secrets=write");
        assertFalse(denied.text().contains("canary"), denied.text());
        String status = coffer.done("sync", "status");
        assertTrue(status.contains("local-ahead"), status);

        token(GithubServer.STRANGER);
        coffer.run("sync", "push").assertRefused(9, "secrets=read");
        token("ghp_nobody");
        coffer.run("sync", "push", "actions").assertRefused(9, "actions");
        assertEquals(Map.of(), backend.place().values());

        token(GithubServer.TOKEN);
        coffer.done("sync", "push", "actions");
        assertEquals(2, backend.place().values().size());
    }

    /** One that has our name on it, and was not written by us, is not written over. */
    @Test
    void secretThatIsThereAlready_isNotWrittenOver_withoutADecision() throws Exception {
        backend.plant("COFFER_PROD___2FDB__PASSWORD", "theirs");
        backend.plant("DEPLOY_KEY", "foreign");
        coffer.done("sync", "add", "actions", "--only", "prod/*");
        coffer.run("sync", "push").assertRefused(8, "the target has one already");
        assertEquals("theirs", backend.place().values().get("COFFER_PROD___2FDB__PASSWORD"));

        coffer.done("sync", "resolve", "--ours", "-y");
        coffer.done("sync", "push");
        assertEquals("canary-1", backend.place().values().get("COFFER_PROD___2FDB__PASSWORD"));
        assertEquals("foreign", backend.place().values().get("DEPLOY_KEY"));
    }
}
