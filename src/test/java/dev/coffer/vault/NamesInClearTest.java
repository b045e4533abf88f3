package dev.coffer.vault;

import static dev.coffer.vault.TestHome.HERE;
import static dev.coffer.vault.TestHome.secret;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NamesInClearTest {
    private final TestHome home = TestHome.empty();

    @AfterEach
    void removeHome() {
        home.close();
    }

    /** Whoever can write to the file could have put them there: a shell that inserts them would run them. */
    @Test
    void namesThatCofferNeverWrote_areLeftOut() {
        Vault.create(home.options(), Optional.empty());
        Vault vault = home.vault(home.options());
        List<String> hostile = List.of(
                "$(touch x)",
                "`id`",
                "a;b",
                "a b",
                "'",
                "\"",
                "*",
                "a\n:files",
                "a\tb",
                "\u001b[31m",
                "--yes",
                "",
                "\u202e");
        for (int i = 0; i < hostile.size(); i++) {
            vault.secretsOf(HERE).register(secret("s" + i, "k", "v"));
        }
        vault.secretsOf(HERE).register(secret("prod/größe.1_x-y", "k", "v"));
        home.closeVaults();
        RawStore raw = RawStore.of(home);
        for (int i = 0; i < hostile.size(); i++) {
            raw.change("UPDATE secret SET name = ? WHERE name = ?", hostile.get(i), "s" + i);
            raw.change(
                    "INSERT INTO record VALUES (randomblob(16), 'stack', ?, 1, 1, 1, x'00', x'00', x'00')",
                    hostile.get(i));
        }
        raw.change("INSERT INTO record VALUES (randomblob(16), 'stack', 'team', 1, 1, 1, x'00', x'00', x'00')");

        NamesInClear names = NamesInClear.of(home.location());
        assertEquals(List.of("prod/größe.1_x-y"), names.secrets());
        assertEquals(List.of("team"), names.records("stack"));
    }
}
