package dev.coffer.cli;

import dev.coffer.vault.KeySlots;
import dev.coffer.vault.SlotInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Adds recovery codes: the code is shown once, and a code that could not be shown is not kept. */
final class RecoveryCodes {
    private RecoveryCodes() {}

    static void add(Session session, KeySlots keys) throws IOException {
        List<SlotInfo> before = keys.slots();
        char[] code = keys.addRecoveryCode();
        List<SlotInfo> added = new ArrayList<>(keys.slots());
        added.removeAll(before);
        added.removeIf(slot -> !slot.kind().equals("recovery-code"));
        try {
            show(session, added, code);
        } catch (Terminal.OutputException e) {
            added.forEach(slot -> keys.removeSlot(slot.id()));
            throw e;
        } finally {
            Arrays.fill(code, '\0');
        }
        session.messages().done("added a recovery code: print it or write it down, it is not shown again");
    }

    private static void show(Session session, List<SlotInfo> added, char[] code) throws IOException {
        if (session.json()) {
            session.print(json -> {
                json.writeStartObject();
                json.writeStringField("id", added.get(added.size() - 1).id().toString());
                json.writeFieldName("recoveryCode");
                json.writeString(code, 0, code.length);
                json.writeEndObject();
            });
            return;
        }
        byte[] line = new byte[code.length + 1]; // ASCII, see the alphabet of the code
        for (int i = 0; i < code.length; i++) {
            line[i] = (byte) code[i];
        }
        line[code.length] = '\n';
        try {
            session.terminal().out().write(line);
            session.terminal().out().flush();
        } finally {
            Arrays.fill(line, (byte) 0);
        }
    }
}
