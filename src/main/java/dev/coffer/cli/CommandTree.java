package dev.coffer.cli;

import dev.coffer.vault.Keychain;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** All commands by name. */
final class CommandTree {
    private static final int HELP_WIDTH = 100;
    private static final String VERSION = "--version";
    static final String KEYCHAIN = "--keychain";

    private record Node(String name, Supplier<Object> command, List<Node> below) {
        static Node of(String name, Supplier<Object> command, Node... below) {
            return new Node(name, command, List.of(below));
        }
    }

    private static final Map<String, List<Node>> GROUPS = groups();

    private CommandTree() {}

    private static Map<String, List<Node>> groups() {
        Map<String, List<Node>> groups = new LinkedHashMap<>();
        groups.put(
                "Secrets",
                List.of(
                        Node.of(
                                "secret",
                                SecretCommand::new,
                                Node.of("register", SecretRegister::new),
                                Node.of("get", SecretGet::new),
                                Node.of("list", SecretList::new),
                                Node.of("update", SecretUpdate::new),
                                Node.of("delete", SecretDelete::new),
                                Node.of("delete-all", SecretDeleteAll::new),
                                Node.of("rename", SecretRename::new),
                                Node.of("history", SecretHistory::new),
                                Node.of("rollback", SecretRollback::new),
                                Node.of("purge", SecretPurge::new)),
                        Node.of(
                                "schema",
                                SchemaCommand::new,
                                Node.of("list", SchemaList::new),
                                Node.of("describe", SchemaDescribe::new),
                                Node.of("register", SchemaRegister::new),
                                Node.of("delete", SchemaDelete::new)),
                        Node.of("import", Import::new)));
        groups.put(
                "Stacks",
                List.of(
                        Node.of(
                                "secrets-manager",
                                SecretsManagerCommand::new,
                                Node.of("register", ComponentRegister::new),
                                Node.of("list", ComponentList::new),
                                Node.of("describe", ComponentDescribe::new),
                                Node.of("update", ComponentUpdate::new),
                                Node.of("remove-attribute", ComponentRemoveAttribute::new),
                                Node.of("rename", ComponentRename::new),
                                Node.of("copy", ComponentCopy::new),
                                Node.of("delete", ComponentDelete::new),
                                Node.of("check", ManagerCheck::new),
                                Node.of(
                                        "flavor",
                                        FlavorCommand::new,
                                        Node.of("register", FlavorRegister::new),
                                        Node.of("list", FlavorList::new),
                                        Node.of("describe", FlavorDescribe::new),
                                        Node.of("delete", FlavorDelete::new))),
                        Node.of(
                                "component",
                                ComponentCommand::new,
                                Node.of("register", ComponentRegister::new),
                                Node.of("list", ComponentList::new),
                                Node.of("describe", ComponentDescribe::new),
                                Node.of("resolve", ComponentResolve::new),
                                Node.of("update", ComponentUpdate::new),
                                Node.of("remove-attribute", ComponentRemoveAttribute::new),
                                Node.of("rename", ComponentRename::new),
                                Node.of("copy", ComponentCopy::new),
                                Node.of("delete", ComponentDelete::new)),
                        Node.of(
                                "stack",
                                StackCommand::new,
                                Node.of("register", StackRegister::new),
                                Node.of("list", StackList::new),
                                Node.of("describe", StackDescribe::new),
                                Node.of("set", StackSet::new),
                                Node.of("get", StackGet::new),
                                Node.of("update", StackUpdate::new),
                                Node.of("rename", StackRename::new),
                                Node.of("copy", StackCopy::new),
                                Node.of("delete", StackDelete::new),
                                Node.of("check", StackCheck::new),
                                Node.of("register-secrets", StackRegisterSecrets::new),
                                Node.of("export", StackExport::new),
                                Node.of("import", StackImport::new))));
        groups.put(
                "Synchronization",
                List.of(
                        Node.of(
                                "sync",
                                SyncCommand::new,
                                Node.of("add", SyncAdd::new),
                                Node.of("list", SyncList::new),
                                Node.of("status", SyncStatusCommand::new),
                                Node.of("plan", SyncPlan::new),
                                Node.of("apply", SyncApply::new),
                                Node.of("push", SyncPush::new),
                                Node.of("pull", SyncPull::new),
                                Node.of("resolve", SyncResolve::new),
                                Node.of("remove", SyncRemove::new)),
                        Node.of("copy", CopyCommand::new)));
        groups.put(
                "The store and its keys",
                List.of(
                        Node.of("init", Init::new),
                        Node.of(
                                "key",
                                KeyCommand::new,
                                Node.of("status", KeyStatusCommand::new),
                                Node.of("rotate", KeyRotate::new),
                                Node.of(
                                        "slot",
                                        KeySlotCommand::new,
                                        Node.of("add", KeySlotAdd::new),
                                        Node.of("list", KeySlotList::new),
                                        Node.of("remove", KeySlotRemove::new)))));
        groups.put(
                "Safety",
                List.of(
                        Node.of("verify", Verify::new),
                        Node.of("backup", Backup::new),
                        Node.of("restore", Restore::new),
                        Node.of("doctor", Doctor::new)));
        groups.put("The shell", List.of(Node.of("completion", CompletionCommand::new)));
        return groups;
    }

    /**
     * The commands, ready to read a command line.
     *
     * @param wanted which names to build: describing a command to picocli takes time that most command lines need not
     *     spend. What the others are called still has to be known to whoever helps or finds misspellings.
     * @param environment says whether there is a keychain; without one no option names it
     */
    static CommandLine build(Predicate<String> wanted, Map<String, String> environment) {
        CommandLine root = line(new RootCommand());
        for (List<Node> group : GROUPS.values()) {
            add(root, group, wanted, environment);
        }
        root.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, CommandTree::grouped);
        return root;
    }

    private static void add(
            CommandLine above, List<Node> nodes, Predicate<String> wanted, Map<String, String> environment) {
        for (Node node : nodes) {
            if (wanted.test(node.name())) {
                CommandLine line = line(node.command().get());
                if (above.getCommand() instanceof ComponentCommand) {
                    ComponentVerb.generalize(line.getCommandSpec());
                }
                hideKeychain(line.getCommandSpec(), environment);
                add(line, node.below(), wanted, environment);
                above.addSubcommand(node.name(), line);
            }
        }
    }

    private static void hideKeychain(CommandSpec spec, Map<String, String> environment) {
        OptionSpec option = spec.findOption(KEYCHAIN);
        if (option != null && !Keychain.ofEnvironment(environment).isPresent()) {
            spec.remove(option);
            UsageMessageSpec usage = spec.usageMessage();
            usage.customSynopsis(Arrays.stream(usage.customSynopsis())
                    .map(line -> line.replace(" | " + KEYCHAIN, ""))
                    .toArray(String[]::new));
        }
    }

    private static CommandLine line(Object command) {
        CommandSpec spec = CommandSpec.forAnnotatedObject(command);
        spec.addMixin(GlobalOptions.NAME, CommandSpec.forAnnotatedObject(new GlobalOptions()));
        OptionSpec.Builder version = spec.optionsMap().containsKey(VERSION)
                ? OptionSpec.builder("-V") // 'secret get' means another version by it
                : OptionSpec.builder("-V", VERSION);
        spec.addOption(version.versionHelp(true)
                .hidden(!(command instanceof RootCommand))
                .description("show the version of coffer")
                .build());
        spec.usageMessage().width(HELP_WIDTH).sortOptions(false).sortSynopsis(false);
        CommandLine line = new CommandLine(spec);
        line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, CommandTree::options);
        line.setExpandAtFiles(false); // '@' belongs to values
        // '--schema --password=x' is a slip: the key must not become the schema, and end up in an error.
        line.setUnmatchedOptionsAllowedAsOptionParameters(false);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        return line;
    }

    /** First those of the command itself. */
    private static String options(Help help) {
        CommandSpec spec = help.commandSpec();
        List<OptionSpec> everywhere =
                Objects.requireNonNull(spec.mixins().get(GlobalOptions.NAME)).options();
        List<OptionSpec> own = new ArrayList<>(spec.options());
        own.removeAll(everywhere);
        own.removeIf(OptionSpec::hidden);
        return list(help, own) + String.format("%nOptions of every command:%n") + list(help, everywhere);
    }

    private static String list(Help help, List<OptionSpec> options) {
        Help.Layout layout = help.createDefaultLayout();
        layout.addAllOptions(options, help.createDefaultParamLabelRenderer());
        return layout.toString();
    }

    private static String grouped(Help help) {
        StringBuilder text = new StringBuilder();
        int width = help.subcommands().keySet().stream()
                .mapToInt(String::length)
                .max()
                .orElse(0);
        GROUPS.forEach((heading, nodes) -> {
            text.append(String.format("%n%s:%n", heading));
            for (Node node : nodes) {
                Help sub = help.subcommands().get(node.name());
                if (sub != null) {
                    String pad = " ".repeat(width - node.name().length());
                    text.append("  ")
                            .append(help.colorScheme().commandText(node.name()))
                            .append(pad)
                            .append("  ");
                    text.append(String.join("", sub.commandSpec().usageMessage().description()));
                    text.append(System.lineSeparator());
                }
            }
        });
        return text.toString();
    }
}
