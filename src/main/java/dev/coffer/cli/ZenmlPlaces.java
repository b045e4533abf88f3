package dev.coffer.cli;

import dev.coffer.secrets.Printable;
import dev.coffer.secrets.StoreFileException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Where ZenML keeps secrets on a laptop: one global file, or one for each secrets manager. */
final class ZenmlPlaces {
    private static final String FILE = "secrets.yaml";
    private static final String STORES = "local_stores";

    private ZenmlPlaces() {}

    /** The folders that the environment and the platform name: ZenML's configuration and its local stores. */
    static List<Path> folders(Map<String, String> environment, String operatingSystem, Path userHome) {
        String os = operatingSystem.toLowerCase(Locale.ROOT);
        Path config;
        if (!environment.getOrDefault("ZENML_CONFIG_PATH", "").isEmpty()) {
            config = Path.of(environment.getOrDefault("ZENML_CONFIG_PATH", ""));
        } else if (os.startsWith("windows")) {
            String roaming = environment.getOrDefault("APPDATA", "");
            config = (roaming.isEmpty() ? userHome.resolve("AppData/Roaming") : Path.of(roaming)).resolve("zenml");
        } else {
            String home = environment.getOrDefault("HOME", "");
            Path user = home.isEmpty() ? userHome : Path.of(home);
            String xdg = environment.getOrDefault("XDG_CONFIG_HOME", "");
            Path shared = xdg.isEmpty() ? user.resolve(".config") : Path.of(xdg);
            config = os.startsWith("mac") ? user.resolve("Library/Application Support/zenml") : shared.resolve("zenml");
        }
        String stores = environment.getOrDefault("ZENML_LOCAL_STORES_PATH", "");
        return stores.isEmpty() ? List.of(config) : List.of(config, Path.of(stores));
    }

    /**
     * The files of secrets that a path leads to: itself, or those in a folder, in its {@code local_stores}, and in the
     * folders of single secrets managers.
     *
     * @throws StoreFileException if a folder cannot be read
     */
    static List<Path> files(Path path) {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        Set<Path> found = new LinkedHashSet<>();
        add(path.resolve(FILE), found);
        below(path, found);
        below(path.resolve(STORES), found);
        return List.copyOf(found);
    }

    private static void below(Path folder, Set<Path> found) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, Files::isDirectory)) {
            entries.forEach(entry -> files.add(entry.resolve(FILE)));
        } catch (IOException e) {
            throw new StoreFileException(
                    "the folder " + Printable.text(folder.toString()) + " could not be read",
                    folder.toString(),
                    "check its permissions");
        }
        files.stream().sorted().forEach(file -> add(file, found));
    }

    private static void add(Path file, Set<Path> found) {
        if (Files.isRegularFile(file)) {
            found.add(file);
        }
    }
}
