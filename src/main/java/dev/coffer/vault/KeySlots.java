package dev.coffer.vault;

import dev.coffer.secrets.IntegrityException;
import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NoSuchRecordException;
import dev.coffer.secrets.Progress;
import dev.coffer.secrets.UnsupportedByFlavorException;
import java.util.List;
import java.util.UUID;

/**
 * The keys of a store, or those of a secrets manager that encrypts what it sends with keys of its own: one root key, which
 * each key slot wraps, and the KEKs under it.
 */
public interface KeySlots {
    /** The state of the keys. */
    KeyStatus status();

    /** All slots, oldest first. */
    List<SlotInfo> slots();

    /**
     * Adds a slot. Touches no data.
     *
     * @throws InvalidException if there are as many slots as there can be
     * @throws UnsupportedByFlavorException if slots of that kind cannot be used here
     */
    SlotInfo addSlot(KeyInput key);

    /**
     * Adds a recovery code.
     *
     * @return the code, 44 characters, shown once; the caller wipes it
     */
    char[] addRecoveryCode();

    /**
     * Removes a slot. Touches no data and renews no key: the credential still opens copies that were made before, and
     * whoever kept the root key opens later ones.
     *
     * @throws NoSuchRecordException if there is no such slot
     * @throws InvalidException if it is the last one
     */
    void removeSlot(UUID id);

    /** Makes a new KEK and wraps every DEK with it; finishes an interrupted rotation instead, if there is one. */
    RotationReceipt rotate(Progress progress);

    /**
     * As {@link #rotate}, and encrypts every version anew under a new DEK.
     *
     * @throws IntegrityException if something was tampered with
     */
    RotationReceipt rotateDeks(Progress progress);
}
