package dev.coffer.vault;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * Where a store and what belongs to it are.
 *
 * @param database the SQLite file
 * @param keysFolder where key files are made and looked for
 * @param marker what was last seen of the store
 * @param config the user's settings
 */
public record StoreLocation(Path database, Path keysFolder, Path marker, Path config) {
    /** Makes all paths absolute. */
    public StoreLocation {
        database = database.toAbsolutePath().normalize();
        keysFolder = keysFolder.toAbsolutePath().normalize();
        marker = marker.toAbsolutePath().normalize();
        config = config.toAbsolutePath().normalize();
    }

    /** Everything under one folder. */
    public static StoreLocation inHome(Path home) {
        return new StoreLocation(
                home.resolve("coffer.db"),
                home.resolve("keys"),
                home.resolve("last-seen"),
                home.resolve("config.json"));
    }

    /**
     * Where the environment says: {@code COFFER_HOME}, else the XDG base directories on Linux, {@code Library} on macOS
     * and the application data folders on Windows.
     *
     * @param environment as of {@link System#getenv()}
     * @param operatingSystem as of the system property {@code os.name}
     * @param userHome as of the system property {@code user.home}
     */
    public static StoreLocation ofEnvironment(Map<String, String> environment, String operatingSystem, Path userHome) {
        String home = environment.getOrDefault("COFFER_HOME", "");
        if (!home.isEmpty()) {
            return inHome(Path.of(home));
        }
        String os = operatingSystem.toLowerCase(Locale.ROOT);
        // What the shell says of the home folder wins over what the system's list of users says of it.
        Path user = os.startsWith("windows") ? userHome : folder(environment, "HOME", userHome);
        if (os.startsWith("windows")) {
            return apart(
                    folder(environment, "LOCALAPPDATA", user.resolve("AppData/Local")),
                    folder(environment, "APPDATA", user.resolve("AppData/Roaming")),
                    folder(environment, "LOCALAPPDATA", user.resolve("AppData/Local"))
                            .resolve("coffer-state"));
        }
        if (os.startsWith("mac")) {
            Path library = user.resolve("Library");
            return apart(
                    library.resolve("Application Support"),
                    library.resolve("Preferences"),
                    library.resolve("Caches").resolveSibling("coffer-state"));
        }
        return apart(
                folder(environment, "XDG_DATA_HOME", user.resolve(".local/share")),
                folder(environment, "XDG_CONFIG_HOME", user.resolve(".config")),
                folder(environment, "XDG_STATE_HOME", user.resolve(".local/state")));
    }

    private static StoreLocation apart(Path data, Path config, Path state) {
        return new StoreLocation(
                data.resolve("coffer").resolve("coffer.db"),
                config.resolve("coffer").resolve("keys"),
                state.resolve("coffer").resolve("last-seen"),
                config.resolve("coffer").resolve("config.json"));
    }

    /** The XDG specification says to ignore a relative path. */
    private static Path folder(Map<String, String> environment, String variable, Path otherwise) {
        String value = environment.getOrDefault(variable, "");
        return value.isEmpty() || !Path.of(value).isAbsolute() ? otherwise : Path.of(value);
    }

    /** The folder that the database is in. */
    public Path dataFolder() {
        return Objects.requireNonNull(database.getParent());
    }

    /** The key file that is made for a store when its user names no other key. */
    public Path keyFile(UUID storeId) {
        return keysFolder.resolve(storeId + ".key");
    }

    Path lockFile() {
        return database.resolveSibling(database.getFileName() + ".lock");
    }

    /** The lock of something that only one process does at a time, while others use the store. */
    Path lockFile(String what) {
        return database.resolveSibling(database.getFileName() + "." + what + ".lock");
    }
}
