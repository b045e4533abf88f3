package dev.coffer.vault;

import dev.coffer.crypto.CanonicalBytes;
import dev.coffer.crypto.Keyring;
import dev.coffer.storage.HeadRow;
import dev.coffer.storage.LogRow;
import dev.coffer.storage.Marker;
import dev.coffer.storage.RecordRow;
import dev.coffer.storage.SlotRow;
import dev.coffer.storage.VersionRow;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.UUID;

/** What the MAC of each row and the digests in the log are computed over. Part of the format: never changed. */
final class RowMacs {
    private RowMacs() {}

    static CanonicalBytes head(UUID storeId, HeadRow h) {
        return CanonicalBytes.forPurpose("coffer head 1")
                .add(storeId)
                .add(h.secretId())
                .add(h.componentId())
                .add(h.name())
                .add(h.version())
                .add(h.deleted())
                .add(h.schemaType())
                .add(h.created())
                .add(h.updated())
                .add(h.sequence())
                .add(h.digest());
    }

    static CanonicalBytes record(UUID storeId, RecordRow r) {
        return CanonicalBytes.forPurpose("coffer record 1")
                .add(storeId)
                .add(r.id())
                .add(r.kind())
                .add(r.name())
                .add(r.version())
                .add(r.sequence())
                .add(recordDigest(r.kind(), r.name(), r.payload()));
    }

    static CanonicalBytes slot(UUID storeId, SlotRow s) {
        return CanonicalBytes.forPurpose("coffer slot row 1")
                .add(storeId)
                .add(s.id())
                .add(s.kind())
                .add(s.parameters())
                .add(s.wrappedRootKey())
                .add(s.checksum())
                .add(s.label())
                .add(s.created())
                .add(s.sequence());
    }

    static CanonicalBytes log(UUID storeId, byte[] previousMac, LogRow r) {
        return CanonicalBytes.forPurpose("coffer log 1")
                .add(storeId)
                .add(previousMac)
                .add(r.sequence())
                .add(r.kind())
                .add(r.subject().isPresent())
                .add(r.subject().orElse(new UUID(0, 0)))
                .add(r.version())
                .add(r.digest())
                .add(r.at());
    }

    /** The columns of a version that do not change until it is sealed anew. */
    static byte[] versionDigest(VersionRow v) {
        return CanonicalBytes.forPurpose("coffer version digest 1")
                .add(v.secretId())
                .add(v.version())
                .add(v.schemaType())
                .add(v.created())
                .add(v.deleted())
                .add(v.payload())
                .sha256();
    }

    /** Whether a row of the log tells of the version as it is. */
    static boolean isOf(LogRow log, VersionRow v) {
        return log.subject().equals(Optional.of(v.secretId()))
                && log.version() == v.version()
                && MessageDigest.isEqual(log.digest(), versionDigest(v));
    }

    /** Keyed, because a name that was purged must not be guessed from the log. */
    static byte[] nameDigest(Keyring keyring, UUID componentId, String name) {
        byte[] fingerprint = keyring.fingerprint(
                CanonicalBytes.forPurpose("coffer name 1").add(componentId).add(name));
        return CanonicalBytes.forPurpose("coffer name digest 1")
                .add(fingerprint)
                .sha256();
    }

    static byte[] recordDigest(String kind, String name, byte[] payload) {
        return CanonicalBytes.forPurpose("coffer record digest 1")
                .add(kind)
                .add(name)
                .add(payload)
                .sha256();
    }

    static byte[] slotDigest(String kind, String parameters, byte[] wrappedRootKey) {
        return CanonicalBytes.forPurpose("coffer slot digest 1")
                .add(kind)
                .add(parameters)
                .add(wrappedRootKey)
                .sha256();
    }

    static byte[] keyringDigest(byte[] blob) {
        return CanonicalBytes.forPurpose("coffer keyring digest 1").add(blob).sha256();
    }

    /** In a row that accepts an older copy: the marker that it supersedes. */
    static byte[] markerDigest(Marker marker) {
        return CanonicalBytes.forPurpose("coffer marker digest 1")
                .add(marker.storeId())
                .add(marker.sequence())
                .add(marker.mac())
                .sha256();
    }

    /** For rows that have nothing to digest. */
    static byte[] nothing() {
        return CanonicalBytes.forPurpose("coffer nothing 1").sha256();
    }
}
