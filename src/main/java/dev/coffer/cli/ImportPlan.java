package dev.coffer.cli;

import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchSchemaException;
import dev.coffer.secrets.NoSuchSecretException;
import dev.coffer.secrets.Printable;
import dev.coffer.secrets.Secret;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretSchemas;
import dev.coffer.secrets.SecretValue;
import dev.coffer.secrets.SecretsManager;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** What an import would do, entry by entry. Making it writes nothing. */
final class ImportPlan implements AutoCloseable {
    /** What becomes of a secret whose name is taken by other content. */
    enum OnDuplicate {
        ASK,
        SKIP,
        OVERWRITE,
        RENAME
    }

    /** What becomes of an entry. */
    enum Action {
        REGISTER,
        OVERWRITE,
        UNCHANGED,
        DUPLICATE,
        SKIP,
        INVALID;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One entry.
     *
     * @param entry as it stands in the source
     * @param secret what is stored; null if the entry is invalid
     * @param note why, or what was changed on the way; quotes no value
     */
    record Item(
            ZenmlEntry entry,
            @Nullable Secret secret,
            Action action,
            @Nullable String note) {
        Item as(Action other, @Nullable String reason) {
            return new Item(entry, secret, other, reason);
        }
    }

    private final SecretsManager target;
    private final Map<String, String> renames;
    private final BiFunction<SecretName, String, OnDuplicate> onDuplicate;
    private final SecretSchemas schemas;
    private final Set<SecretName> stored;
    private final List<Item> items = new ArrayList<>();
    private final Map<SecretName, Long> seen = new HashMap<>();
    private final Map<SecretName, Integer> places = new HashMap<>();
    private int indexed; // so many items are in the places

    /**
     * Plans nothing yet.
     *
     * @param schemas what entries with a type are held against
     * @param onDuplicate is told the name, and where its other content is; {@link OnDuplicate#ASK} leaves it open
     */
    ImportPlan(
            SecretsManager target,
            SecretSchemas schemas,
            Map<String, String> renames,
            BiFunction<SecretName, String, OnDuplicate> onDuplicate) {
        this.target = target;
        this.schemas = schemas;
        this.renames = Map.copyOf(renames);
        this.onDuplicate = onDuplicate;
        this.stored = new HashSet<>(target.getAllSecretKeys());
    }

    List<Item> items() {
        return List.copyOf(items);
    }

    List<Item> items(Action action) {
        return items.stream().filter(item -> item.action() == action).toList();
    }

    /** The version of a stored secret that the plan builds on; empty where a flavor has none. */
    Optional<Long> seen(SecretName name) {
        return Optional.ofNullable(seen.get(name));
    }

    /** Plans one entry. */
    void add(ZenmlEntry entry) {
        if (entry.trouble() != null) {
            items.add(new Item(entry, null, Action.INVALID, entry.trouble()));
            return;
        }
        SecretName name;
        try {
            name = SecretName.of(renames.getOrDefault(entry.name(), entry.name()));
        } catch (InvalidException e) {
            close(entry);
            items.add(new Item(entry, null, Action.INVALID, e.getMessage() + "; " + suggestion(entry.name())));
            return;
        }
        try {
            place(typed(entry, name));
        } catch (CofferException e) { // too many keys, or too large
            close(entry);
            items.add(new Item(entry, null, Action.INVALID, e.getMessage()));
        }
    }

    private static String suggestion(String name) {
        String legal = name.replaceAll("[^\\p{L}\\p{Nd}._/-]+", "-")
                .replaceAll("(?<=^|/)\\.{0,2}(?=/|$)", "")
                .replaceAll("/{2,}", "/")
                .replaceAll("^[-/]+|[-/]+$", "");
        try {
            SecretName suggested = SecretName.of(legal);
            return "'--rename' takes OLD=NEW, where NEW may be " + suggested;
        } catch (InvalidException e) {
            return "'--rename' takes OLD=NEW";
        }
    }

    /** With its schema if that is known and the secret fits it, else with any keys. */
    private Item typed(ZenmlEntry entry, SecretName name) {
        String note = name.value().equals(entry.name()) ? null : "renamed from " + Printable.quote(entry.name());
        String type = entry.schema() == null ? Secret.ARBITRARY : entry.schema();
        String why;
        try {
            return new Item(
                    entry, schemas.fit(Secret.of(name, type, booleans(type, entry.values()))), Action.REGISTER, note);
        } catch (NoSuchSchemaException e) {
            why = "there is no schema " + Printable.quote(type) + " here";
        } catch (InvalidException e) {
            if (type.equals(Secret.ARBITRARY)) {
                throw e;
            }
            why = e.getMessage();
        }
        Secret untyped = Secret.of(name, entry.values());
        return new Item(
                entry, untyped, Action.REGISTER, (note == null ? "" : note + "; ") + "becomes arbitrary: " + why);
    }

    /** ZenML wrote booleans as Python prints them. Only the keys that it declared so are touched. */
    private static Map<String, SecretValue> booleans(String type, Map<String, SecretValue> values) {
        Map<String, SecretValue> mapped = new LinkedHashMap<>(values);
        if (type.equals("mysql") || type.startsWith("seldon_")) {
            mapped.replaceAll((key, value) -> {
                boolean flag = key.equals("ssl_verify_server_cert")
                        || key.endsWith("_env_auth")
                        || key.endsWith("_anonymous")
                        || key.endsWith("_use_msi");
                return flag ? small(value) : value;
            });
        }
        return mapped;
    }

    private static SecretValue small(SecretValue value) {
        for (String word : List.of("True", "False")) {
            byte[] utf8 = value.revealUtf8();
            if (Arrays.equals(utf8, word.getBytes(StandardCharsets.UTF_8))) {
                return SecretValue.of(word.toLowerCase(Locale.ROOT));
            }
            Arrays.fill(utf8, (byte) 0);
        }
        return value;
    }

    private void place(Item item) {
        SecretName name = Objects.requireNonNull(item.secret()).name();
        int earlier = planned(name);
        if (earlier >= 0) {
            Item other = items.get(earlier);
            if (same(item, other.secret())) {
                items.add(item.as(
                        Action.UNCHANGED, "the same as in " + other.entry().source()));
                return;
            }
            collide(item, name, "in " + other.entry().source(), earlier);
        } else if (stored.contains(name)) {
            try (Secret there = target.getSecret(name)) {
                there.version().ifPresent(version -> seen.put(name, version));
                if (same(item, there)) {
                    items.add(item.as(Action.UNCHANGED, "is stored already"));
                    return;
                }
            } catch (NoSuchSecretException e) { // deleted by somebody else meanwhile
                stored.remove(name);
                items.add(item);
                return;
            }
            collide(item, name, "in the store", -1);
        } else {
            items.add(item);
        }
    }

    private static boolean same(Item item, @Nullable Secret other) {
        return item.secret() != null && other != null && item.secret().sameContentAs(other);
    }

    /** The place of the entry that is going to be stored under that name; -1 if there is none. */
    private int planned(SecretName name) {
        for (; indexed < items.size(); indexed++) {
            Secret secret = items.get(indexed).secret();
            Action action = items.get(indexed).action();
            if (secret != null && (action == Action.REGISTER || action == Action.OVERWRITE)) {
                places.put(secret.name(), indexed); // replaces the one that an overwriting one has made a SKIP
            }
        }
        return places.getOrDefault(name, -1);
    }

    private void collide(Item item, SecretName name, String where, int earlier) {
        String note = "other content is " + where;
        switch (onDuplicate.apply(name, where)) {
            case ASK -> items.add(item.as(Action.DUPLICATE, note));
            case SKIP -> items.add(item.as(Action.SKIP, note));
            case OVERWRITE -> {
                if (earlier >= 0) {
                    items.set(
                            earlier,
                            items.get(earlier)
                                    .as(
                                            Action.SKIP,
                                            "replaced by " + item.entry().source()));
                }
                Action action = stored.contains(name) ? Action.OVERWRITE : Action.REGISTER;
                items.add(item.as(action, earlier >= 0 ? item.note() : note));
            }
            case RENAME -> rename(item, name);
        }
    }

    private void rename(Item item, SecretName name) {
        Secret secret = Objects.requireNonNull(item.secret());
        SecretName free = name;
        for (int i = 2; stored.contains(free) || planned(free) >= 0; i++) {
            if (stored.contains(free) && isStoredAs(item, free)) { // by an earlier import
                items.add(item.as(Action.UNCHANGED, "is stored already as " + free));
                return;
            }
            free = SecretName.of(name + "-" + i);
        }
        Secret renamed = Secret.of(free, secret.schemaType(), secret.content());
        items.add(new Item(
                item.entry(),
                renamed,
                Action.REGISTER,
                "renamed from " + Printable.quote(item.entry().name())));
    }

    private boolean isStoredAs(Item item, SecretName name) {
        try (Secret there = target.getSecret(name)) {
            return same(item, there);
        } catch (NoSuchSecretException e) {
            return false;
        }
    }

    private static void close(ZenmlEntry entry) {
        entry.values().values().forEach(SecretValue::close);
    }

    /** Wipes all values. */
    @Override
    public void close() {
        for (Item item : items) {
            close(item.entry());
            if (item.secret() != null) {
                item.secret().close();
            }
        }
    }
}
