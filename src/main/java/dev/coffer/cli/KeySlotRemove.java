package dev.coffer.cli;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.Printable;
import dev.coffer.secrets.UnsupportedByFlavorException;
import dev.coffer.vault.KeyInput;
import dev.coffer.vault.KeyService;
import dev.coffer.vault.KeySlots;
import dev.coffer.vault.RotationReceipt;
import dev.coffer.vault.SlotInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer key slot remove}. */
@picocli.CommandLine.Command(
        name = "remove",
        description = "Remove a way to unlock the store.",
        customSynopsis = {
            "coffer key slot remove ID [--revoke [--keep-key-file ID=FILE]… [--drop ID]…]",
            "                          [--secrets-manager NAME]"
        },
        footer = {
            "",
            "The removed credential still opens older copies of the store. --revoke renews all keys, so that it",
            "opens nothing written from now on; every other slot is then kept by its credential, or dropped.",
            "",
            "Example:",
            "  coffer key slot remove 6f1c0f6e-3d0c-4a53-9d0e-0b8a2c7f5e11 --revoke",
            "  coffer key slot remove 6f1c0f6e-3d0c-4a53-9d0e-0b8a2c7f5e11 --secrets-manager team"
        })
final class KeySlotRemove implements Command {
    @Parameters(paramLabel = "ID", description = "the slot; 'coffer key slot list' shows all")
    private String id = "";

    @Option(names = "--revoke", description = "renew the root key, the key-encryption key and all data keys")
    private boolean revoke;

    @Option(
            names = "--keep-key-file",
            paramLabel = "ID=FILE",
            description = "with --revoke: keep this slot, whose key file this is")
    private List<String> keepKeyFiles = new ArrayList<>();

    @Option(names = "--drop", paramLabel = "ID", description = "with --revoke: drop this slot as well")
    private List<String> drops = new ArrayList<>();

    @Option(
            names = "--secrets-manager",
            paramLabel = "NAME",
            description = "the keys of this secrets manager instead of the store's on this machine")
    private @Nullable String manager;

    @Override
    public void run(Session session) throws IOException {
        if (!revoke && !(keepKeyFiles.isEmpty() && drops.isEmpty())) {
            throw new UsageException("--keep-key-file and --drop belong to --revoke", null);
        }
        if (revoke && manager != null) {
            throw new UnsupportedByFlavorException(
                    "--revoke renews the keys of the store on this machine, and cannot do so for "
                            + Printable.quote(manager),
                    Printable.text(manager),
                    "remove the slot and rotate the keys; or move the secrets to a new place with new keys");
        }
        session.requireConfirmable();
        KeySlots keys = session.keys(manager);
        List<SlotInfo> slots = keys.slots();
        SlotInfo slot = find(slots, id);
        if (keys instanceof KeyService service && revoke) {
            revoke(session, service, slots, slot);
        } else {
            remove(session, keys, slot);
        }
        slot.keyId()
                .filter(keyId -> slot.kind().equals("keychain"))
                .map(keyId -> session.unlocker().keychain().removal(keyId))
                .filter(command -> !command.isEmpty())
                .ifPresent(command -> session.messages()
                        .warn("its key stays in the keychain, for copies and backups that were made before; '" + command
                                + "' removes it"));
        session.messages()
                .warn(
                        revoke
                                ? "the removed credential still opens copies and backups that were made before"
                                : "the removed credential still opens copies and backups that were made before; and"
                                        + " whoever kept one beside it can open later ones too"
                                        + (manager == null ? ", until a --revoke" : ""));
    }

    private static void remove(Session session, KeySlots keys, SlotInfo slot) throws IOException {
        session.confirm("remove the " + slot.kind() + " slot " + slot.id() + "?");
        keys.removeSlot(slot.id());
        if (session.json()) {
            session.print(json -> {
                json.writeStartObject();
                Json.texts(json, "removed", List.of(slot.id()));
                json.writeEndObject();
            });
        } else {
            session.messages().done("removed the " + slot.kind() + " slot " + slot.id());
        }
    }

    private void revoke(Session session, KeyService keys, List<SlotInfo> slots, SlotInfo slot) throws IOException {
        List<UUID> dropped =
                drops.stream().map(text -> find(slots, text).id()).distinct().toList();
        Map<UUID, Path> files = keyFiles(slots);
        List<SlotInfo> open = undecided(session, slots, slot, dropped, files);
        session.confirm("revoke the " + slot.kind() + " slot " + slot.id()
                + (dropped.isEmpty() ? "" : ", drop " + dropped.size() + " more") + " and renew all keys?");
        Map<UUID, KeyInput> keep = new LinkedHashMap<>();
        try {
            files.forEach((key, file) -> keep.put(key, KeyInput.keyFile(file)));
            for (SlotInfo asked : open) {
                boolean inKeychain = asked.kind().equals("keychain");
                keep.put(asked.id(), inKeychain ? keys.inKeychain(asked.id()) : ask(session, asked));
            }
            RotationReceipt receipt;
            try (ProgressLine progress = session.progress("renewing keys")) {
                receipt = keys.revoke(slot.id(), keep, dropped, progress);
            }
            KeyRotate.report(session, receipt, "revoked the slot " + slot.id() + " and renewed all keys");
        } finally {
            keep.values().forEach(KeyInput::close);
        }
    }

    private Map<UUID, Path> keyFiles(List<SlotInfo> slots) {
        Map<UUID, Path> files = new LinkedHashMap<>();
        for (String pair : keepKeyFiles) {
            int equals = pair.indexOf('=');
            if (equals < 0 || equals == pair.length() - 1) {
                throw new UsageException("--keep-key-file takes ID=FILE", "see 'coffer key slot list' for the ids");
            }
            SlotInfo kept = find(slots, pair.substring(0, equals));
            if (!kept.kind().equals("key-file")) {
                throw new InvalidException(
                        "the slot " + kept.id() + " is opened by a " + kept.kind() + " and not by a key file",
                        kept.id().toString(),
                        "leave --keep-key-file out: what opens it is asked for on a terminal");
            }
            files.put(kept.id(), InputBytes.path(pair.substring(equals + 1)));
        }
        return files;
    }

    /** The slots to ask a credential of. */
    private static List<SlotInfo> undecided(
            Session session, List<SlotInfo> slots, SlotInfo revoked, List<UUID> dropped, Map<UUID, Path> files) {
        List<SlotInfo> open = slots.stream()
                .filter(slot -> !slot.id().equals(revoked.id()))
                .filter(slot -> !dropped.contains(slot.id()) && !files.containsKey(slot.id()))
                .toList();
        List<SlotInfo> hopeless = open.stream()
                .filter(slot -> !slot.kind().equals("keychain"))
                .filter(slot ->
                        slot.kind().equals("key-file") || !session.terminal().canAsk())
                .toList();
        if (!hopeless.isEmpty()) {
            throw new InvalidException(
                    "it has to be said what becomes of the other slots: "
                            + hopeless.stream()
                                    .map(slot -> slot.kind() + " " + slot.id())
                                    .collect(Collectors.joining(", ")),
                    hopeless.get(0).id().toString(),
                    hopeless.stream().map(KeySlotRemove::wayOut).collect(Collectors.joining("; ")));
        }
        return open;
    }

    private static String wayOut(SlotInfo slot) {
        String drop = "--drop " + slot.id();
        if (!slot.kind().equals("key-file")) {
            return drop + ", or keep it by typing its " + slot.kind() + " on a terminal";
        }
        return drop + ", or --keep-key-file " + slot.id() + "=" + (slot.label().isEmpty() ? "FILE" : slot.label());
    }

    private static KeyInput ask(Session session, SlotInfo slot) {
        char[] typed = session.terminal().ask(slot.kind().replace('-', ' ') + " of the slot " + slot.id());
        try {
            return KeyInput.passphrase(typed);
        } finally {
            Arrays.fill(typed, '\0');
        }
    }

    private SlotInfo find(List<SlotInfo> slots, String id) {
        @Nullable
        SlotInfo found = slots.stream()
                .filter(slot -> slot.id().toString().equalsIgnoreCase(id))
                .findFirst()
                .orElse(null);
        if (found == null) {
            throw new NoSuchRecordException(
                    "there is no key slot " + Printable.quote(id),
                    Printable.text(id),
                    "'coffer key slot list" + (manager == null ? "" : " --secrets-manager " + manager)
                            + "' shows the slots");
        }
        return found;
    }
}
