package dev.coffer.flavor.http;

import java.io.IOException;

/** Nothing of the request reached the server. */
public final class NotSentException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean mayPass;

    NotSentException(String why, boolean mayPass) {
        super(why);
        this.mayPass = mayPass;
    }

    /** Why, in words for people. */
    public String why() {
        return String.valueOf(getMessage());
    }

    /** Whether trying again may help. */
    public boolean mayPass() {
        return mayPass;
    }

    /** What to look at. */
    public String hint() {
        return mayPass ? "check the attribute url and the network" : "check the attributes url and ca-file";
    }
}
