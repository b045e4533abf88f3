package dev.coffer.flavor;

import dev.coffer.component.ComponentType;
import dev.coffer.component.ExtensionClasses;
import dev.coffer.component.ExtensionException;
import dev.coffer.component.ExtensionJar;
import dev.coffer.component.ExtensionJars;
import dev.coffer.component.Flavor;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ExtensionRecords;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.Printable;
import dev.coffer.secrets.RecordChange;
import dev.coffer.secrets.RecordExistsException;
import dev.coffer.secrets.RecordStore;
import dev.coffer.secrets.SecretsManagerFlavor;
import dev.coffer.secrets.StoreFileException;
import dev.coffer.secrets.StoredRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The flavors of secrets managers that users bring along: records of kind {@code flavor} and name {@code TYPE/NAME}. A
 * flavor's code is not run before it is asked for by name, and then only if its jar is the one that was registered.
 * Backups carry the records, and not the jars. Safe for use by several threads.
 */
final class CustomFlavors {
    private final RecordStore records;
    private final ExtensionJars jars;
    private final ExtensionRecords extensions;
    // One object for each flavor: some keep what their managers share.
    private final Map<RegisteredFlavor, Flavor> loaded = new ConcurrentHashMap<>();

    CustomFlavors(RecordStore records, ExtensionJars jars) {
        this.records = records;
        this.jars = jars;
        this.extensions = new ExtensionRecords(records, jars);
    }

    /** A flavor that was loaded and looked at, and is not registered yet. */
    record Draft(RegisteredFlavor flavor, Optional<ExtensionJar> jar) {}

    static Draft read(String className, Optional<Path> file) {
        try {
            Optional<ExtensionJar> jar = file.map(ExtensionJar::read);
            FlavorInspection told = FlavorInspection.of(create(className, jar.map(ExtensionJar::classes)));
            requireSecretsManagers(told, className);
            Optional<String> hash = jar.map(ExtensionJar::sha256);
            return new Draft(new RegisteredFlavor(told.type(), told.name(), className, hash, told.description()), jar);
        } catch (ExtensionException e) {
            throw mapped(e, e.hint());
        }
    }

    /** Nobody would find it among the others, nor could it be deleted. */
    private static void requireSecretsManagers(FlavorInspection told, String className) {
        if (!told.type().equals(ComponentType.SECRETS_MANAGER)) {
            throw new InvalidException(
                    "the flavor class " + className + " makes secrets managers, but says that its type is "
                            + told.type(),
                    className,
                    "do not override type()");
        }
    }

    /**
     * Registers it.
     *
     * @param replace whether it may take the place of the one of its name
     * @throws RecordExistsException if there is one, and it may not
     */
    void put(Draft draft, boolean replace) {
        RegisteredFlavor flavor = draft.flavor();
        String name = RegisteredFlavor.recordName(flavor.type(), flavor.name());
        Optional<StoredRecord> there = stored(flavor.type(), flavor.name());
        if (there.isPresent() && !replace) {
            throw new RecordExistsException(
                    "a flavor " + flavor.name() + " is registered already", flavor.name(), "'--replace' replaces it");
        }
        RecordChange change = there.<RecordChange>map(
                        old -> new RecordChange.Replace(old.id(), old.version(), name, flavor.encode()))
                .orElseGet(
                        () -> new RecordChange.Insert(RegisteredFlavor.KIND, UUID.randomUUID(), name, flavor.encode()));
        extensions.change(draft.jar(), List.of(change));
    }

    List<RegisteredFlavor> list() {
        return records.listRecords(RegisteredFlavor.KIND).stream()
                .map(RegisteredFlavor::decode)
                .toList();
    }

    Optional<RegisteredFlavor> registration(ComponentType type, String name) {
        return stored(type, name).map(RegisteredFlavor::decode);
    }

    Optional<Flavor> find(ComponentType type, String name) {
        Optional<RegisteredFlavor> registered = registration(type, name);
        try {
            return registered.map(flavor -> loaded.computeIfAbsent(flavor, this::load));
        } catch (StoreFileException e) {
            Optional<RegisteredFlavor> now = registration(type, name);
            if (now.equals(registered)) {
                throw e;
            }
            return now.map(flavor -> loaded.computeIfAbsent(flavor, this::load)); // its jar was replaced meanwhile
        }
    }

    /** Takes its jar along, if nothing else is in it. Does nothing if somebody else was faster. */
    void delete(ComponentType type, String name) {
        stored(type, name)
                .ifPresent(there -> extensions.change(
                        Optional.empty(), List.of(new RecordChange.Remove(there.id(), there.version()))));
    }

    private Optional<StoredRecord> stored(ComponentType type, String name) {
        return records.findRecord(RegisteredFlavor.KIND, RegisteredFlavor.recordName(type, name));
    }

    private Flavor load(RegisteredFlavor registered) {
        String again = "register it again: 'coffer secrets-manager flavor register " + registered.className()
                + (registered.jar().isPresent() ? " --jar FILE" : "") + " --replace'";
        try {
            Flavor flavor = create(registered.className(), registered.jar().map(jars::load));
            FlavorInspection told = FlavorInspection.of(flavor);
            if (!told.name().equals(registered.name()) || !told.type().equals(registered.type())) {
                throw new InvalidException(
                        "the class " + registered.className() + ", registered as the flavor " + registered.name()
                                + ", is now the " + told.type() + " flavor " + told.name(),
                        registered.name(),
                        again);
            }
            return flavor;
        } catch (ExtensionException e) {
            throw mapped(e, again);
        }
    }

    private static Flavor create(String className, Optional<ClassLoader> classes) {
        ClassLoader loader = classes.orElseGet(CustomFlavors.class::getClassLoader);
        return ExtensionClasses.create(loader, className, SecretsManagerFlavor.class);
    }

    private static CofferException mapped(ExtensionException e, String hint) {
        String sentence = Printable.text(String.valueOf(e.getMessage()));
        return switch (e.reason()) {
            case CHANGED -> new IntegrityException(sentence, null, hint, e);
            case MISSING, FILE -> new StoreFileException(sentence, null, hint, e);
            case UNFIT -> new InvalidException(sentence, null, hint, e);
        };
    }
}
