package dev.coffer;

import dev.coffer.component.AttributeDeclaration;
import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.component.ExtensionJars;
import dev.coffer.flavor.BuiltInFlavors;
import dev.coffer.flavor.Flavors;
import dev.coffer.secrets.CofferException;
import dev.coffer.secrets.ConflictException;
import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretScope;
import dev.coffer.secrets.SecretSummary;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.secrets.SecretsManagerFlavor;
import dev.coffer.secrets.SyncStore;
import dev.coffer.secrets.UnsupportedByFlavorException;
import dev.coffer.stack.Components;
import dev.coffer.stack.Deletion;
import dev.coffer.stack.Missing;
import dev.coffer.stack.References;
import dev.coffer.stack.Stack;
import dev.coffer.stack.StackExporter;
import dev.coffer.stack.StackFile;
import dev.coffer.stack.StackImporter;
import dev.coffer.stack.Stacks;
import dev.coffer.stack.ValidationLevel;
import dev.coffer.sync.Copy;
import dev.coffer.sync.Sync;
import dev.coffer.vault.KeyInput;
import dev.coffer.vault.NewStore;
import dev.coffer.vault.RestoreReceipt;
import dev.coffer.vault.StoreSettings;
import dev.coffer.vault.Vault;
import dev.coffer.vault.VaultOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The way in, and the one place where the parts are put together:
 *
 * <pre>{@code
 * try (Coffer coffer = Coffer.open(CofferOptions.fromEnvironment());
 *         Secret db = coffer.secrets().getSecret(SecretName.of("prod/db"))) {
 *     connect(db.value("username").revealText(), db.value("password").revealText());
 * }
 * }</pre>
 *
 * <p>Opening does nothing yet: the store is found and unlocked by the first operation. Safe for use by several threads.
 */
public final class Coffer implements AutoCloseable {
    private final Vault vault;
    private final Flavors flavors;
    private final Components components;
    private final Stacks stacks;
    private final Clock clock;

    private Coffer(Vault vault, CofferOptions options) {
        this.vault = vault;
        this.flavors = BuiltInFlavors.of(
                vault, new ExtensionJars(options.location().dataFolder().resolve("extensions")), options.clock());
        this.components = new Components(vault, flavors);
        this.stacks = new Stacks(vault, components, options.stack());
        this.clock = options.clock();
    }

    /** Coffer over the store that the options name. */
    public static Coffer open(CofferOptions options) {
        return new Coffer(new Vault(vaultOptions(options)), options);
    }

    /**
     * Makes a new store.
     *
     * @param key what unlocks it; empty makes a random key file
     */
    public static NewStore create(CofferOptions options, Optional<KeyInput> key) {
        return Vault.create(vaultOptions(options), key);
    }

    /**
     * Brings a backup back.
     *
     * @param force whether a store that is there may be replaced; it is kept beside
     */
    public static RestoreReceipt restore(CofferOptions options, Path backup, boolean force, Progress progress) {
        return Vault.restore(vaultOptions(options), backup, force, progress);
    }

    private static VaultOptions vaultOptions(CofferOptions options) {
        VaultOptions vault = VaultOptions.at(options.location(), options.unlocker())
                .withFirstRecords(() -> List.of(Components.localSecretsManager()))
                .withKeepVersions(
                        StoreSettings.read(options.location().config()).keepVersions())
                .withClock(options.clock())
                .withNotices(options.notices());
        return options.createIfMissing() ? vault.creatingIfMissing() : vault;
    }

    /**
     * The secrets manager of the active stack, or of the one that the options name. Closing it leaves coffer open.
     *
     * @throws NoSuchRecordException if there is no such stack, or the manager's flavor is not known
     */
    public SecretsManager secrets() {
        return secretsManager(stacks.secretsManager());
    }

    /**
     * A secrets manager by name. Closing it leaves coffer open. References to secrets in its own attributes are resolved
     * now, in the secrets manager {@code local}.
     *
     * @throws NoSuchRecordException if there is none of that name, its flavor is not known, or a secret that its
     *     attributes name is missing
     */
    public SecretsManager secretsManager(String name) {
        return secretsManager(components.require(ComponentType.SECRETS_MANAGER, name));
    }

    private SecretsManager secretsManager(ComponentDefinition definition) {
        SecretsManagerFlavor flavor = flavor(definition);
        return flavor.create(resolve(definition), vault.schemas());
    }

    private SecretsManagerFlavor flavor(ComponentDefinition definition) {
        return flavors.find(definition.type(), definition.flavor())
                .filter(SecretsManagerFlavor.class::isInstance)
                .map(SecretsManagerFlavor.class::cast)
                .orElseThrow(() -> new NoSuchRecordException(
                        "the secrets manager " + definition.name() + " needs the flavor " + definition.flavor()
                                + ", which is not known here",
                        definition.flavor(),
                        "'coffer secrets-manager flavor register' adds a flavor"));
    }

    /**
     * A component with the values in place of the references in its attributes: those of a secrets manager from the
     * secrets manager {@code local}, those of other components from {@link #secrets()}. It holds secrets from then on
     * and is for whoever runs the component: nothing stores it, and its {@code toString} shows no attribute's text.
     *
     * @throws InvalidException if an attribute has braces that are no reference, or a value is not what the flavor
     *     declares
     * @throws NoSuchRecordException if a secret or a key is missing
     */
    public ComponentDefinition resolve(ComponentDefinition definition) {
        References references = References.of(definition);
        if (references.isEmpty()) {
            return references.withoutValues();
        }
        try (SecretsManager manager = managerFor(definition)) {
            return components.requireFitting(definition, references.resolve(manager));
        }
    }

    /** Where the references of a component resolve. */
    private SecretsManager managerFor(ComponentDefinition component) {
        return component.type().equals(ComponentType.SECRETS_MANAGER)
                ? secretsManager(References.ROOT_MANAGER)
                : secrets();
    }

    /**
     * The references in the components of a stack that name nothing, all at once, by component and attribute. Each
     * secret is read once, or none, as the level says; those of the stack's secrets manager itself are always read,
     * because it works with all of its values or not at all. If it lacks some, these alone are reported: without them
     * nobody can look for the others.
     */
    public List<Missing> missing(Stack stack, ValidationLevel level) {
        return missing(stacks.componentsOf(stack), level);
    }

    /** The same of components that need not be stored: those that a stack is going to have, by type. */
    public List<Missing> missing(Map<ComponentType, ComponentDefinition> definitions, ValidationLevel level) {
        Map<ComponentType, ComponentDefinition> components = new TreeMap<>(definitions);
        ComponentDefinition own = Objects.requireNonNull(components.remove(ComponentType.SECRETS_MANAGER));
        List<References> others =
                components.values().stream().map(References::of).toList();
        if (level == ValidationLevel.NONE) {
            return List.of();
        }
        try (SecretsManager local = secretsManager(References.ROOT_MANAGER)) {
            // A manager cannot be made without all of its values, so a missing key counts even if only names are asked.
            List<Missing> missing = References.of(own).missing(local, ValidationLevel.SECRET_AND_KEY_EXISTS);
            if (!missing.isEmpty() || others.stream().allMatch(References::isEmpty)) {
                return missing;
            }
        }
        try (SecretsManager manager = secretsManager(own)) {
            return References.missing(others, manager, level);
        }
    }

    /** The file of a stack; nothing secret is in it. */
    public StackFile export(Stack stack) {
        return new StackExporter(components, stacks, flavors).of(stack, this::typesIn);
    }

    /** Of a manager that is out of reach, no type is known. */
    private Map<SecretName, String> typesIn(ComponentDefinition manager, SortedSet<SecretName> secrets) {
        try (SecretsManager open = secretsManager(manager)) {
            return open.listSecrets().stream()
                    .filter(one -> secrets.contains(one.name()))
                    .collect(Collectors.toMap(SecretSummary::name, SecretSummary::schemaType));
        } catch (IntegrityException e) {
            throw e;
        } catch (CofferException e) {
            return Map.of();
        }
    }

    /** Takes files of stacks into this store. */
    public StackImporter stackImporter() {
        return new StackImporter(vault, components, stacks);
    }

    /**
     * The references of one component that name nothing, as {@link #missing(Stack, ValidationLevel)} reports them: those
     * of a secrets manager are looked for in the secrets manager {@code local}, those of other components in
     * {@link #secrets()}.
     */
    public List<Missing> missing(ComponentDefinition component, ValidationLevel level) {
        References references = References.of(component);
        if (level == ValidationLevel.NONE || references.isEmpty()) {
            return List.of();
        }
        try (SecretsManager manager = managerFor(component)) {
            return references.missing(manager, level);
        }
    }

    /**
     * What deleting a component takes along: to be shown to whoever decides, and given to {@link #delete}. A secrets
     * manager whose secrets are not in this store, but of which nobody else sees them, has to be emptied before.
     *
     * @throws NoSuchRecordException if there is none of that name
     * @throws ConflictException if it is the secrets manager {@code local}
     */
    public Deletion deletion(ComponentType type, String name) {
        Deletion deletion = components.deletion(type, name);
        return type.equals(ComponentType.SECRETS_MANAGER)
                ? deletion.withSecrets(
                        vault.secretsOf(deletion.component().id()).versions())
                : deletion;
    }

    /**
     * Deletes a component with its secrets in this store, their history included: all of it, or nothing.
     *
     * @return the names of the stacks that it was taken out of, sorted
     * @throws NoSuchRecordException if it is gone
     * @throws ConflictException if anything is not as it was seen: a secret or a stack was added meanwhile, for instance
     */
    public List<String> delete(Deletion seen) {
        return components.delete(seen);
    }

    /** The secrets manager {@code local} and its sync targets. Opens nothing yet but the store. */
    public Sync sync() {
        return new Sync(syncStore(), new SyncManagers(), clock);
    }

    private SyncStore syncStore() {
        ComponentDefinition local = components.require(ComponentType.SECRETS_MANAGER, References.ROOT_MANAGER);
        return vault.syncStore(SecretScope.of(local).owner());
    }

    /**
     * Copies secrets from one secrets manager to another. Both stay open, and the caller's to close.
     *
     * @throws UnsupportedByFlavorException if the values of the first cannot be read
     * @throws InvalidException if both are one
     */
    public Copy copy(SecretsManager from, SecretsManager to) {
        return new Copy(from, to, syncStore());
    }

    /** The secrets of the secrets manager {@code local} by which others are opened: tokens, passphrases. */
    public SortedSet<SecretName> credentials() {
        return components.list(ComponentType.SECRETS_MANAGER).stream()
                .flatMap(manager -> References.of(manager).needed().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private final class SyncManagers implements Sync.Managers {
        @Override
        public Optional<String> name(UUID componentId) {
            return components.find(componentId).map(ComponentDefinition::name);
        }

        @Override
        public String place(UUID componentId) {
            return components.find(componentId).map(this::place).orElse("");
        }

        private String place(ComponentDefinition manager) {
            ComponentDefinition resolved;
            try {
                resolved = resolve(manager);
            } catch (CofferException e) {
                // No place is like that; nor can it be opened, and whoever tries is told why.
                return "\n" + manager.id();
            }
            return resolved.flavor() + "\n" + scope(resolved) + "\n"
                    + toldByItself(resolved).orElseGet(() -> toldByAttributes(resolved));
        }

        private String scope(ComponentDefinition resolved) {
            try {
                return SecretScope.of(resolved).toString();
            } catch (InvalidException e) {
                return "?";
            }
        }

        private Optional<String> toldByItself(ComponentDefinition resolved) {
            try (SecretsManager open = flavor(resolved).create(resolved, vault.schemas())) {
                return open.place();
            } catch (RuntimeException e) { // a flavor of somebody else's may throw anything
                return Optional.empty(); // whoever wants to use it is told
            }
        }

        private String toldByAttributes(ComponentDefinition manager) {
            Set<String> credentials = flavors.find(manager.type(), manager.flavor()).stream()
                    .flatMap(flavor -> flavor.attributes().stream())
                    .filter(AttributeDeclaration::sensitive)
                    .map(AttributeDeclaration::name)
                    .collect(Collectors.toSet());
            return manager.attributes().entrySet().stream()
                    .filter(attribute -> !credentials.contains(attribute.getKey()))
                    .map(attribute -> attribute.getKey() + "=" + attribute.getValue())
                    .collect(Collectors.joining("\n"));
        }

        @Override
        public Set<SecretName> credentials() {
            return Coffer.this.credentials();
        }

        @Override
        public SecretsManager open(UUID componentId) {
            ComponentDefinition target = components
                    .find(componentId)
                    .orElseThrow(() -> new NoSuchRecordException(
                            "the secrets manager of this sync target is gone",
                            componentId.toString(),
                            "'coffer sync remove' forgets the target"));
            if (Components.isLocal(target)) {
                throw new InvalidException(
                        "the secrets manager " + target.name() + " is the side at home, and no target of itself",
                        target.name(),
                        "'coffer secrets-manager list' shows the others");
            }
            return secretsManager(target);
        }
    }

    /** The stacks. */
    public Stacks stacks() {
        return stacks;
    }

    /** The components that stacks are made of. */
    public Components components() {
        return components;
    }

    /** The flavors that components can have. */
    public Flavors flavors() {
        return flavors;
    }

    /** The encrypted store: keys, verification, backups. */
    public Vault vault() {
        return vault;
    }

    /** Forgets all keys and closes the store. */
    @Override
    public void close() {
        vault.close();
    }
}
