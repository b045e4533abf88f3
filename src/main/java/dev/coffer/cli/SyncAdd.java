package dev.coffer.cli;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.secrets.SecretName;
import dev.coffer.secrets.UnsupportedByFlavorException;
import dev.coffer.sync.Direction;
import dev.coffer.sync.Sync;
import dev.coffer.sync.SyncTarget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer sync add}. */
@picocli.CommandLine.Command(
        name = "add",
        description = "Make a secrets manager a target of synchronization.",
        customSynopsis = {
            "coffer sync add MANAGER [--prefix P] [--only PATTERN]… [--direction push|pull|both]",
            "       [--adopt]"
        },
        footer = {
            "",
            "The other side is always the secrets manager local. Nothing is sent or read yet. Secrets of the target",
            "that coffer did not make there are left alone, unless --adopt says that they may be taken over.",
            "What opens secrets managers stays here, unless --only gives its whole name.",
            "",
            "Example:",
            "  coffer sync add team --only 'prod/*' --direction push"
        })
final class SyncAdd implements Command {
    @Parameters(paramLabel = "MANAGER", description = "the secrets manager")
    private String manager = "";

    @Option(names = "--prefix", paramLabel = "P", description = "what stands in front of each name on the target")
    private String prefix = "";

    @Option(
            names = "--only",
            paramLabel = "PATTERN",
            description = "only secrets whose local names match; '*' is any characters, '?' is one")
    private List<String> only = new ArrayList<>();

    @Option(
            names = "--direction",
            paramLabel = "WAY",
            description = "which way changes travel: push, pull or both (the default)")
    private Direction direction = Direction.BOTH;

    @Option(names = "--adopt", description = "secrets of the target that are not coffer's own may be taken over")
    private boolean adopt;

    @Override
    public void run(Session session) throws IOException {
        ComponentDefinition component = session.store().components().require(ComponentType.SECRETS_MANAGER, manager);
        if (component.flavor().equals("memory")) {
            throw new UnsupportedByFlavorException(
                    "the secrets manager " + manager + " keeps secrets in memory: they are gone when this command ends",
                    manager,
                    "use a manager of another flavor");
        }
        Sync sync = session.store().sync();
        SyncTarget target = sync.add(component.id(), prefix, only, direction, adopt);
        if (session.json()) {
            session.print(json -> {
                json.writeStartObject();
                SyncText.write(json, target);
                json.writeEndObject();
            });
            return;
        }
        session.messages()
                .done("added the sync target " + target.name()
                        + (target.direction() == direction
                                ? ""
                                : " to push to alone: values cannot be read back from it"));
        for (SecretName name : sync.atHome(target)) {
            session.messages()
                    .warn("a secrets manager is opened with " + name + ", which therefore stays here; --only " + name
                            + " takes it in");
        }
    }
}
