package dev.coffer.sync;

import dev.coffer.secrets.SecretName;
import java.util.Optional;
import java.util.UUID;

/**
 * What is known of one secret and one target: what both last agreed on, and how each looked then.
 *
 * @param recordId the record's identity
 * @param recordVersion the record's version; 0 if it is not stored yet
 * @param secretId the local secret
 * @param name its local name, from which the remote one follows
 * @param localVersion the local version that was looked at
 * @param agreed what both agree on, key by key
 * @param local what the local version holds
 * @param remote what the target holds at that revision
 * @param revision the target's; empty where it tells none
 * @param gone whether both agreed that the secret is deleted; kept for targets that are not trusted
 * @param highest the highest version that the target ever showed, if it is not trusted; 0 if it is, or never showed any
 * @param seen the number of the observation after which this was written
 * @param doubted whether the store was replaced by another copy since, or the target is at another place: nothing counts
 *     as agreed, so that whatever differs waits for a decision
 */
record Base(
        UUID recordId,
        long recordVersion,
        UUID secretId,
        SecretName name,
        long localVersion,
        Prints agreed,
        Prints local,
        Prints remote,
        Optional<String> revision,
        boolean gone,
        long highest,
        long seen,
        boolean doubted) {
    /** Stands for an identity that is made when it is needed. */
    static final UUID NO_RECORD = new UUID(0, 0);

    /** The same after both sides were seen or made to look like this. */
    Base next(
            UUID id,
            SecretName newName,
            long version,
            Prints newLocal,
            Prints newRemote,
            Optional<String> newRevision,
            long observation) {
        return new Base(
                recordId,
                recordVersion,
                id,
                newName,
                version,
                ThreeWay.agreed(agreed, newLocal, newRemote),
                newLocal,
                newRemote,
                newRevision,
                false,
                highest,
                observation,
                false);
    }

    /** The same with another agreement: what was decided about a conflict. */
    Base agreeing(Prints newAgreed) {
        return new Base(
                recordId,
                recordVersion,
                secretId,
                name,
                localVersion,
                newAgreed,
                local,
                remote,
                revision,
                gone,
                highest,
                seen,
                doubted);
    }

    /** The same as a record of its own, which is not stored yet: of a name of which nothing was seen. */
    Base asNew() {
        return new Base(
                NO_RECORD, 0, secretId, name, localVersion, agreed, local, remote, revision, gone, 0, seen, doubted);
    }

    /** The same of a name that no local secret has any more: its secret goes on under another one. */
    Base detached() {
        return new Base(
                recordId,
                recordVersion,
                NO_RECORD,
                name,
                0,
                agreed,
                Prints.NONE,
                remote,
                revision,
                gone,
                highest,
                seen,
                doubted);
    }

    /** The same of which nothing counts as agreed any more. */
    Base inDoubt() {
        return new Base(
                recordId,
                recordVersion,
                secretId,
                name,
                0,
                Prints.NONE,
                Prints.NONE,
                remote,
                revision,
                gone,
                highest,
                seen,
                true);
    }

    /** The same at another place of the target, of which nothing was seen yet. */
    Base elsewhere() {
        return inDoubt().at(Optional.empty(), 0);
    }

    /** The same of a target that is not trusted: what is older than its revision is never to be seen again. */
    Base remembering() {
        return rising(revision.map(RemoteSide::number).orElse(0L));
    }

    /** The same of which the target showed that version, too. */
    Base rising(long version) {
        return at(revision, Math.max(highest, version));
    }

    /**
     * The memory of a target that is not trusted, of which what it has at a revision is new, and nothing older ever is.
     */
    Base apart(Optional<String> now, long observation) {
        long version = now.map(RemoteSide::number).orElse(0L);
        return asGone(observation).at(Optional.empty(), version >= highest ? version - 1 : highest);
    }

    private Base at(Optional<String> newRevision, long newHighest) {
        return new Base(
                recordId,
                recordVersion,
                secretId,
                name,
                localVersion,
                agreed,
                local,
                remote,
                newRevision,
                gone,
                newHighest,
                seen,
                doubted);
    }

    /** The memory that the secret is deleted on both sides, at that revision. */
    Base asGone(long observation) {
        return new Base(
                recordId,
                recordVersion,
                secretId,
                name,
                localVersion,
                Prints.NONE,
                Prints.NONE,
                Prints.NONE,
                revision,
                true,
                highest,
                observation,
                false);
    }

    /** Whether it says anything: a first one, and the memory of a deletion, do not. */
    boolean recorded() {
        return recordVersion > 0 && !gone;
    }

    /** A first one, of a secret on which nobody agreed yet. */
    static Base first(UUID secretId, SecretName name) {
        return new Base(
                NO_RECORD,
                0,
                secretId,
                name,
                0,
                Prints.NONE,
                Prints.NONE,
                Prints.NONE,
                Optional.empty(),
                false,
                0,
                0,
                false);
    }
}
