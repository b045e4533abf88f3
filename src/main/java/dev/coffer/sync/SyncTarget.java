package dev.coffer.sync;

import dev.coffer.secrets.InvalidException;
import dev.coffer.secrets.NamePattern;
import dev.coffer.secrets.SecretName;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A remote secrets manager that the local one is synchronized with.
 *
 * @param id its identity
 * @param name the name that the secrets manager had when it was last looked at; a target is called by it
 * @param componentId the secrets manager
 * @param prefix what stands in front of each name on the target; may be empty
 * @param only patterns of local names; empty for all
 * @param direction which way changes travel
 * @param adopt whether secrets of the target that are not coffer's own may be taken over
 */
public record SyncTarget(
        UUID id, String name, UUID componentId, String prefix, List<String> only, Direction direction, boolean adopt) {
    /** The kind of the records of targets, each named by the identity of its secrets manager. */
    public static final String KIND = "sync-target";

    /** Copies the patterns. */
    public SyncTarget {
        only = List.copyOf(only);
    }

    /** Whether a secret of the local store belongs to what is synchronized. */
    boolean includes(SecretName local) {
        return only.isEmpty()
                || only.stream().anyMatch(pattern -> NamePattern.of(pattern).test(local.value()));
    }

    /**
     * The name that a local secret has on the target.
     *
     * @throws InvalidException if the two together break the grammar of names
     */
    SecretName remoteName(SecretName local) {
        return prefix.isEmpty() ? local : SecretName.of(prefix + local.value());
    }

    /** The local name of a secret on the target; empty if it does not belong to what is synchronized. */
    Optional<SecretName> localName(SecretName remote) {
        if (!remote.value().startsWith(prefix)) {
            return Optional.empty();
        }
        try {
            SecretName local =
                    prefix.isEmpty() ? remote : SecretName.of(remote.value().substring(prefix.length()));
            return Optional.of(local).filter(this::includes);
        } catch (InvalidException e) {
            return Optional.empty(); // no name of ours with the prefix in front
        }
    }
}
