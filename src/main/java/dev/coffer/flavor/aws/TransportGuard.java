package dev.coffer.flavor.aws;

import dev.coffer.secrets.InvalidException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpRequest;

/** Sends nothing without encryption, whichever of AWS's own places names the server, and reads no endless answer. */
final class TransportGuard implements ExecutionInterceptor {
    /** A page of a hundred secrets with fifty tags each is shorter. */
    private static final long MAX_ANSWER_BYTES = 8L << 20;

    private final String component;
    private final boolean isNamed;

    /**
     * Guards a client.
     *
     * @param isNamed whether the server is named by an attribute: only then is a proxy kept out of the way to loopback
     */
    TransportGuard(String component, boolean isNamed) {
        this.component = component;
        this.isNamed = isNamed;
    }

    /** The answer is longer than any can be. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;

        TooLargeException() {
            super("the answer is too long");
        }
    }

    @Override
    public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
        SdkHttpRequest request = context.httpRequest();
        if (!request.protocol().equalsIgnoreCase("https") && !(isNamed && AwsSettings.isLoopback(request.host()))) {
            throw new InvalidException(
                    "the secrets manager " + component + " would send secrets without encryption",
                    component,
                    "AWS_ENDPOINT_URL, or the profile's endpoint_url, has to start with https://; a server on this machine can be"
                            + " named in the attribute endpoint");
        }
    }

    @Override
    public Optional<InputStream> modifyHttpResponseContent(
            Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
        return context.responseBody().map(Bounded::new);
    }

    private static final class Bounded extends FilterInputStream {
        private long left = MAX_ANSWER_BYTES;

        Bounded(InputStream in) {
            super(in);
        }

        private int count(int read) throws IOException {
            left -= Math.max(0, read);
            if (left < 0) {
                throw new TooLargeException();
            }
            return read;
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            count(read < 0 ? 0 : 1);
            return read;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            return count(super.read(bytes, from, length));
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
