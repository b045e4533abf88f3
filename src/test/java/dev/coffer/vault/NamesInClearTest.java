package dev.coffer.vault;

import static dev.coffer.vault.TestHome.HERE;
import static dev.coffer.vault.TestHome.THERE;
import static dev.coffer.vault.TestHome.secret;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.SecretName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
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

    @Test
    void names_areThoseOfLiveSecretsAndOfEachKindOfRecord_sorted() {
        UUID id = new UUID(1, 1);
        Vault.create(home.options(), Optional.empty());
        Vault vault = home.vault();
        for (String name : List.of("b", "a", "gone")) {
            vault.secretsOf(HERE).register(secret(name, "k", "v"));
        }
        vault.secretsOf(THERE).register(secret("c", "k", "v"));
        vault.secretsOf(HERE).delete(SecretName.of("gone"), OptionalLong.empty());
        vault.changeRecords(List.of(
                new RecordChange.Insert("stack", id, "two", new byte[0]),
                new RecordChange.Insert("stack", new UUID(1, 2), "one", new byte[0]),
                new RecordChange.Insert("component", new UUID(1, 3), "three", new byte[0])));
        home.closeVaults();

        NamesInClear names = NamesInClear.of(home.location());
        assertEquals(List.of("a", "b", "c"), names.secrets());
        assertEquals(List.of("one", "two"), names.records("stack"));
        assertEquals(Optional.of("two"), names.record(id));
        assertEquals(Optional.empty(), names.record(new UUID(1, 4)));
    }

    @Test
    void storeThatIsMissingOrDamagedOrOpenToOthers_givesNone() throws IOException {
        assertEquals(List.of(), NamesInClear.of(home.location()).secrets());
        assertFalse(Files.exists(home.location().database()));
        Vault.create(home.options(), Optional.empty());
        home.using(vault -> vault.secretsOf(HERE).register(secret("a", "k", "v")));
        for (Path file : List.of(home.location().database(), home.folder())) {
            var before = Files.getPosixFilePermissions(file);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxrwx---"));
            assertEquals(List.of(), NamesInClear.of(home.location()).secrets());
            Files.setPosixFilePermissions(file, before);
            assertEquals(List.of("a"), NamesInClear.of(home.location()).secrets());
        }
        RawStore.of(home).run("PRAGMA user_version = 999"); // of a newer coffer
        assertEquals(List.of(), NamesInClear.of(home.location()).secrets());
        Files.writeString(home.location().database(), "this was a database once".repeat(500));
        assertEquals(List.of(), NamesInClear.of(home.location()).secrets());
        assertEquals(List.of(), NamesInClear.of(home.location()).records("stack"));
    }
}
