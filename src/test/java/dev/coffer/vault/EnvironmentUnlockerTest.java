package dev.coffer.vault;

import static dev.coffer.vault.TestHome.HERE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.StoreFileException;
import dev.coffer.secrets.WrongKeyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The key out of what the environment names. */
class EnvironmentUnlockerTest {
    private static final String PASSPHRASE = "correct horse battery";

    private final TestHome home = TestHome.empty();

    @AfterEach
    void removeHome() {
        home.close();
    }

    private Path file(String name, String content) throws IOException {
        Path file = Files.writeString(home.file(name), content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    private void open(Map<String, String> environment) {
        try (Vault vault = new Vault(home.options(new EnvironmentUnlocker(environment)))) {
            assertEquals(List.of(), vault.secretsOf(HERE).names());
        }
    }

    @Test
    void passphraseFile_opensTheStore_andOneLineEndingDoesNotCount() throws IOException {
        Vault.create(home.options(), Optional.of(KeyInput.passphrase(PASSPHRASE.toCharArray())));
        for (String ending : List.of("", "\n", "\r\n")) {
            open(Map.of(
                    "COFFER_PASSPHRASE_FILE",
                    file("phrase", PASSPHRASE + ending).toString()));
        }
        for (String ending : List.of("\n\n", "\r", " \n", "\n\r\n", "\r\r\n")) {
            Path file = file("phrase", PASSPHRASE + ending);
            assertThrows(
                    WrongKeyException.class, () -> open(Map.of("COFFER_PASSPHRASE_FILE", file.toString())), ending);
        }
    }

    @Test
    void lineEndingAlone_isNoPassphrase() {
        for (String content : List.of("", "\n", "\r\n")) {
            byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
            assertThrows(InvalidException.class, () -> EnvironmentUnlocker.passphrase(bytes));
        }
        EnvironmentUnlocker.passphrase(new byte[] {'\r'}).close(); // not the end of a line by itself
    }

    @Test
    void passphraseFile_thatIsEmptyOrTooLarge_isRefused_byItsName() throws IOException {
        for (String content : List.of("", "x".repeat(100_000))) {
            Path file = file("phrase", content);
            InvalidException e = assertThrows(
                    InvalidException.class,
                    () -> new EnvironmentUnlocker(Map.of("COFFER_PASSPHRASE_FILE", file.toString())).given());
            assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
        }
    }

    @Test
    void passphraseFile_thatOthersCanRead_isRefused() throws IOException {
        Path file = file("phrase", PASSPHRASE);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        StoreFileException e = assertThrows(
                StoreFileException.class,
                () -> new EnvironmentUnlocker(Map.of("COFFER_PASSPHRASE_FILE", file.toString())).given());
        assertTrue(e.hint().orElse("").contains("chmod 600"), e.hint().toString());
    }

    @Test
    void keyFile_opensTheStore() {
        Path file = home.file("my.key");
        Vault.create(home.options(), Optional.of(KeyInput.keyFile(file)));
        open(Map.of("COFFER_KEY_FILE", file.toString(), "COFFER_PASSPHRASE_FILE", ""));
    }

    @Test
    void keyFileAndPassphraseFile_areNotBothTaken() {
        EnvironmentUnlocker both =
                new EnvironmentUnlocker(Map.of("COFFER_KEY_FILE", "a", "COFFER_PASSPHRASE_FILE", "b"));
        assertTrue(assertThrows(InvalidException.class, both::given).hint().isPresent());
    }

    @Test
    void environmentThatNamesNothing_givesNoKey_andAsksNobody() throws IOException {
        EnvironmentUnlocker none = new EnvironmentUnlocker(Map.of("COFFER_KEY_FILE", ""));
        assertEquals(Optional.empty(), none.given());
        assertEquals(Optional.empty(), none.ask(Set.of("passphrase")));
        assertFalse(none.keychain().isPresent());
        Path tool = file("secret-tool", "#!/bin/sh\n");
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwx------"));
        assertTrue(new EnvironmentUnlocker(Map.of("PATH", home.folder().toString()))
                .keychain()
                .isPresent());
    }
}
