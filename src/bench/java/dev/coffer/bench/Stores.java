package dev.coffer.bench;

import dev.coffer.Coffer;
import dev.coffer.CofferOptions;
import dev.coffer.secrets.BulkWrites;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Stores of a given size, each in a folder of its own. The n-th secret has the same name in all of them. */
final class Stores {
    private static final int BULK = 10_000;
    private static final long SEED = 20261125;

    private Stores() {}

    static Path home(Path stores, int secrets) {
        return stores.resolve("store-" + secrets);
    }

    static Path database(Path home) {
        return home.resolve("coffer.db");
    }

    static CofferOptions options(Path home) {
        return CofferOptions.fromEnvironment(Map.of()).withHome(home);
    }

    /** A store with that many secrets of three keys, registered in bulk. */
    static Path create(Path stores, int secrets) throws IOException {
        Path home = home(stores, secrets);
        Files.createDirectories(stores);
        Coffer.create(options(home), Optional.empty());
        try (Coffer coffer = Coffer.open(options(home));
                SecretsManager manager = coffer.secrets()) {
            for (int from = 0; from < secrets; from += BULK) {
                List<Secret> some = secrets(from, Math.min(secrets, from + BULK));
                ((BulkWrites) manager).registerSecrets(some);
                some.forEach(Secret::close);
            }
        }
        return home;
    }

    static List<Secret> secrets(int from, int to) {
        Random random = new Random(SEED + from);
        List<Secret> secrets = new ArrayList<>();
        for (int n = from; n < to; n++) {
            Map<String, SecretValue> values = new LinkedHashMap<>();
            values.put("username", SecretValue.of("service-" + n));
            values.put("password", SecretValue.of(Long.toHexString(random.nextLong())));
            values.put("host", SecretValue.of("db-" + n + ".internal.example.com"));
            secrets.add(Secret.of(SecretName.of(name(n)), values));
        }
        return secrets;
    }

    /** Names come in no order, as those of people do: the number is scrambled, which is a bijection of 32 bits. */
    static String name(int n) {
        int scrambled = n * 0x9E3779B1;
        return String.format("team-%x/service-%07x/db", scrambled >>> 28, scrambled & 0xFFFFFFF);
    }

    /** Names drawn at random of a store with that many secrets. */
    static List<String> draw(int secrets, int count) {
        Random random = new Random(SEED);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(name(random.nextInt(secrets)));
        }
        return names;
    }

    /** A copy of a closed store, in place of what is there. */
    static Path copy(Path home, String name) throws IOException {
        Path target = home.resolveSibling(name);
        delete(target);
        Files.walkFileTree(home, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                return copied(folder);
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                return copied(file);
            }

            private FileVisitResult copied(Path one) throws IOException {
                Files.copy(one, target.resolve(home.relativize(one)), StandardCopyOption.COPY_ATTRIBUTES);
                return FileVisitResult.CONTINUE;
            }
        });
        return target;
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, java.io.IOException e) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
