package dev.coffer.flavor.postgres;

import org.flywaydb.core.api.logging.Log;
import org.flywaydb.core.api.logging.LogCreator;

/** Passes what Flyway says to the platform's logger at debug level, but for errors, which may quote the server. */
public final class QuietFlywayLog implements LogCreator {
    /** Called by Flyway, by name. */
    public QuietFlywayLog() {}

    @Override
    public Log createLogger(Class<?> owner) {
        System.Logger logger = System.getLogger(owner.getName());
        return new Log() {
            @Override
            public void debug(String message) {
                logger.log(System.Logger.Level.DEBUG, message);
            }

            @Override
            public void info(String message) {
                debug(message);
            }

            @Override
            public void warn(String message) {
                debug(message);
            }

            @Override
            public void error(String message) {
                debug("an error");
            }

            @Override
            public void error(String message, Exception e) {
                debug("an error");
            }

            @Override
            public void notice(String message) {
                debug(message);
            }
        };
    }
}
