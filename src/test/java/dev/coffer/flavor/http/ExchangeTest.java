package dev.coffer.flavor.http;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLProtocolException;
import org.junit.jupiter.api.Test;

class ExchangeTest {
    /** After the handshake the server may have read the request: a write is not sent again without a look. */
    @Test
    void troubleOfTls_isNotSentOnlyWhileHandsAreShaken() {
        assertInstanceOf(NotSentException.class, Exchange.classified(new SSLHandshakeException("no trust")));
        assertInstanceOf(
                NotSentException.class, Exchange.classified(new IOException(new SSLPeerUnverifiedException("x"))));
        for (IOException later : List.of(new SSLException("broken record"), new SSLProtocolException("alert"))) {
            assertFalse(Exchange.classified(later) instanceof NotSentException);
        }
    }
}
