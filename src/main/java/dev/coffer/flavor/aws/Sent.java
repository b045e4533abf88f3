package dev.coffer.flavor.aws;

import dev.coffer.secrets.RemoteException;
import org.jspecify.annotations.Nullable;

/**
 * What came of a request: an answer; a refusal that depends on what is there; or nothing, and nobody knows whether it was
 * done.
 *
 * @param <T> the answer
 */
final class Sent<T> {
    private final @Nullable T answer;
    private final String code;
    private final String why;
    private final @Nullable RemoteException trouble;

    private Sent(@Nullable T answer, String code, String why, @Nullable RemoteException trouble) {
        this.answer = answer;
        this.code = code;
        this.why = why;
        this.trouble = trouble;
    }

    static <T> Sent<T> answered(T answer) {
        return new Sent<>(answer, "", "", null);
    }

    static <T> Sent<T> refused(String code, RemoteException trouble) {
        return new Sent<>(null, code, "", trouble);
    }

    /**
     * Without an answer.
     *
     * @param why the words for it
     * @param trouble says also that nobody knows whether it was done
     */
    static <T> Sent<T> unknown(String why, RemoteException trouble) {
        return new Sent<>(null, "", why, trouble);
    }

    /** Why there is no answer; empty if there is one. */
    String why() {
        return why;
    }

    boolean isAnswered() {
        return answer != null;
    }

    boolean isRefused() {
        return !code.isEmpty();
    }

    boolean isUnknown() {
        return answer == null && code.isEmpty();
    }

    /** Whether it was refused for one of these reasons. */
    boolean isRefused(String... codes) {
        for (String one : codes) {
            if (one.equals(code)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The answer.
     *
     * @throws RemoteException if there is none
     */
    T required() {
        if (answer == null) {
            throw trouble();
        }
        return answer;
    }

    /** The error of a request without an answer. */
    RemoteException trouble() {
        if (trouble == null) {
            throw new IllegalStateException("the request was answered");
        }
        return trouble;
    }
}
