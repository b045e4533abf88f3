package dev.coffer.crypto;

import com.google.crypto.tink.StreamingAead;
import dev.coffer.secrets.IntegrityException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import org.jspecify.annotations.Nullable;

/**
 * What Tink's decrypting stream gives, with its errors told apart: Tink reports changed content and an unreadable disk
 * alike as an {@link IOException}.
 */
final class VerifiedStream extends InputStream {
    private final Source source;
    private final InputStream clear;
    private final String what;

    VerifiedStream(StreamingAead cipher, InputStream in, byte[] associatedData, String what)
            throws GeneralSecurityException, IOException {
        this.source = new Source(in);
        this.clear = cipher.newDecryptingStream(source, associatedData);
        this.what = what;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        try {
            return clear.read(buffer, offset, length);
        } catch (IOException e) {
            if (source.trouble != null) {
                throw source.trouble;
            }
            throw new IntegrityException(
                    what + " was changed, cut off or is damaged", what, "use another copy of it", e);
        }
    }

    @Override
    public void close() throws IOException {
        clear.close();
    }

    /** Remembers its own trouble. */
    private static final class Source extends FilterInputStream {
        private @Nullable IOException trouble;

        Source(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            try {
                return super.read(buffer, offset, length);
            } catch (IOException e) {
                trouble = e;
                throw e;
            }
        }
    }
}
