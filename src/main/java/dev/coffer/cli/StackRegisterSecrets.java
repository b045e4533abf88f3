package dev.coffer.cli;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.SecretsManager;
import dev.coffer.stack.References;
import dev.coffer.stack.Stack;
import dev.coffer.stack.Stacks;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer stack register-secrets}. */
@picocli.CommandLine.Command(
        name = "register-secrets",
        description = "Ask for the secrets that a stack's components name, and store them.",
        customSynopsis = "coffer stack register-secrets [NAME] [--skip-existing]",
        footer = {
            "",
            "Enter keeps a value that is there. A secret that is there keeps its type and its other keys.",
            "",
            "Example:",
            "  coffer stack register-secrets staging --skip-existing"
        })
final class StackRegisterSecrets implements Command {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "the stack; else the active one")
    private @Nullable String name;

    @Option(names = "--skip-existing", description = "ask only for what is missing")
    private boolean skipExisting;

    @Override
    public void run(Session session) throws IOException {
        Stacks stacks = session.coffer().stacks();
        Stack stack = name == null ? stacks.active() : stacks.require(name);
        Map<ComponentType, ComponentDefinition> components = new TreeMap<>(stacks.componentsOf(stack));
        ComponentDefinition own = Objects.requireNonNull(components.remove(ComponentType.SECRETS_MANAGER));
        SortedMap<SecretName, SortedSet<String>> others = needed(components.values());
        SecretsForm form = new SecretsForm(session, stack.name(), skipExisting);
        // The stack's manager cannot be opened before all of its own values are there.
        fill(session, form, References.ROOT_MANAGER, needed(List.of(own)));
        fill(session, form, own.name(), others);
        form.report();
    }

    private static void fill(
            Session session, SecretsForm form, String manager, SortedMap<SecretName, SortedSet<String>> needed) {
        if (!needed.isEmpty()) {
            try (SecretsManager open = session.coffer().secretsManager(manager)) {
                form.fill(open, needed);
            }
        }
    }

    private static SortedMap<SecretName, SortedSet<String>> needed(Collection<ComponentDefinition> components) {
        SortedMap<SecretName, SortedSet<String>> all = new TreeMap<>();
        components.forEach(component -> References.of(component)
                .needed()
                .forEach((secret, keys) ->
                        all.computeIfAbsent(secret, none -> new TreeSet<>()).addAll(keys)));
        return all;
    }
}
