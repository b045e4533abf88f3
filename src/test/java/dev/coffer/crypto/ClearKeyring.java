package dev.coffer.crypto;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What is encrypted in a keyring's blob, entry by entry. Written out once more: it is part of the format. */
record ClearKeyring(List<Entry> entries) {
    static final int KEK = 1;
    static final int INTEGRITY = 2;
    static final int FINGERPRINT = 3;

    record Entry(int kind, long number, byte[] keyset) {
        Entry withKind(int other) {
            return new Entry(other, number, keyset);
        }

        Entry withNumber(long other) {
            return new Entry(kind, other, keyset);
        }

        Entry withKeyset(byte[] other) {
            return new Entry(kind, number, other);
        }

        byte[] toByteArray() {
            return ByteBuffer.allocate(13 + keyset.length)
                    .put((byte) kind)
                    .putLong(number)
                    .putInt(keyset.length)
                    .put(keyset)
                    .array();
        }
    }

    static ClearKeyring parse(byte[] clear) {
        ByteBuffer in = ByteBuffer.wrap(clear);
        int count = Byte.toUnsignedInt(in.get());
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte kind = in.get();
            long number = in.getLong();
            byte[] keyset = new byte[in.getInt()];
            in.get(keyset);
            entries.add(new Entry(kind, number, keyset));
        }
        if (in.hasRemaining()) {
            throw new IllegalArgumentException(in.remaining() + " bytes too many");
        }
        return new ClearKeyring(entries);
    }

    Entry get(int place) {
        return entries.get(place);
    }

    /** With another entry at a place. */
    ClearKeyring with(int place, Entry entry) {
        List<Entry> changed = new ArrayList<>(entries);
        changed.set(place, entry);
        return new ClearKeyring(changed);
    }

    /** The entries of these places, in this order. */
    ClearKeyring picked(int... places) {
        List<Entry> picked = new ArrayList<>();
        for (int place : places) {
            picked.add(entries.get(place));
        }
        return new ClearKeyring(picked);
    }

    byte[] toByteArray() {
        return toByteArray(entries.size());
    }

    /** With a number of entries that may be a lie. */
    byte[] toByteArray(int count) {
        int length =
                entries.stream().mapToInt(entry -> entry.toByteArray().length).sum();
        ByteBuffer out = ByteBuffer.allocate(1 + length).put((byte) count);
        entries.forEach(entry -> out.put(entry.toByteArray()));
        return out.array();
    }
}
