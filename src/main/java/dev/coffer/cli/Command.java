package dev.coffer.cli;

import java.io.IOException;

/** What a command does once its arguments are read. */
interface Command {
    /**
     * Does it. What goes wrong is thrown: a {@link dev.coffer.secrets.CofferException} or a {@link UsageException}.
     *
     * @throws IOException never by itself; writing data cannot avoid to declare it
     */
    void run(Session session) throws IOException;
}
