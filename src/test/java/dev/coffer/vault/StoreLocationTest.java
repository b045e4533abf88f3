package dev.coffer.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StoreLocationTest {
    private static final Path HOME = Path.of("/home/ada");

    private static StoreLocation at(String system, Map<String, String> environment) {
        return StoreLocation.ofEnvironment(environment, system, HOME);
    }

    private static StoreLocation paths(String database, String keys, String marker, String config) {
        return new StoreLocation(Path.of(database), Path.of(keys), Path.of(marker), Path.of(config));
    }

    @Test
    void cofferHome_holdsEverything_onEverySystem() {
        for (String system : new String[] {"Linux", "Mac OS X", "Windows 11"}) {
            assertEquals(
                    paths("/srv/c/coffer.db", "/srv/c/keys", "/srv/c/last-seen", "/srv/c/config.json"),
                    at(system, Map.of("COFFER_HOME", "/srv/c", "XDG_DATA_HOME", "/data", "APPDATA", "/app")));
        }
    }

    @Test
    void linux_withoutVariables_usesTheXdgDefaults() {
        assertEquals(
                paths(
                        "/home/ada/.local/share/coffer/coffer.db",
                        "/home/ada/.config/coffer/keys",
                        "/home/ada/.local/state/coffer/last-seen",
                        "/home/ada/.config/coffer/config.json"),
                at("Linux", Map.of()));
    }

    @Test
    void linux_usesTheXdgVariables_butNoRelativeOnes() {
        assertEquals(
                paths(
                        "/d/coffer/coffer.db",
                        "/home/ada/.config/coffer/keys",
                        "/s/coffer/last-seen",
                        "/home/ada/.config/coffer/config.json"),
                at("Linux", Map.of("XDG_DATA_HOME", "/d", "XDG_CONFIG_HOME", "relative", "XDG_STATE_HOME", "/s")));
        assertEquals(at("Linux", Map.of()), at("Linux", Map.of("COFFER_HOME", "", "XDG_DATA_HOME", "")));
    }

    @Test
    void mac_usesLibrary() {
        assertEquals(
                paths(
                        "/home/ada/Library/Application Support/coffer/coffer.db",
                        "/home/ada/Library/Preferences/coffer/keys",
                        "/home/ada/Library/coffer-state/coffer/last-seen",
                        "/home/ada/Library/Preferences/coffer/config.json"),
                at("Mac OS X", Map.of("XDG_DATA_HOME", "/ignored")));
    }

    @Test
    void windows_usesTheApplicationDataFolders() {
        assertEquals(
                paths(
                        "/local/coffer/coffer.db",
                        "/roaming/coffer/keys",
                        "/local/coffer-state/coffer/last-seen",
                        "/roaming/coffer/config.json"),
                at("Windows 11", Map.of("LOCALAPPDATA", "/local", "APPDATA", "/roaming")));
        assertEquals(
                Path.of("/home/ada/AppData/Local/coffer/coffer.db"),
                at("windows server", Map.of()).database());
    }

    /** What the shell says of the home folder wins over what the system's list of users says; Windows has no such shell. */
    @Test
    void homeFolder_isThatOfTheShell_whereThereIsOne() {
        Map<String, String> shell = Map.of("HOME", "/elsewhere");
        assertEquals(
                Path.of("/elsewhere/.local/share/coffer/coffer.db"),
                at("Linux", shell).database());
        assertEquals(
                Path.of("/elsewhere/Library/Application Support/coffer/coffer.db"),
                at("Mac OS X", shell).database());
        assertEquals(
                Path.of("/home/ada/AppData/Local/coffer/coffer.db"),
                at("Windows 11", shell).database());
    }

    @Test
    void keyFiles_areNamedAfterTheStore() {
        UUID id = new UUID(1, 2);
        assertEquals(
                HOME.resolve("keys").resolve(id + ".key"),
                StoreLocation.inHome(HOME).keyFile(id));
    }
}
