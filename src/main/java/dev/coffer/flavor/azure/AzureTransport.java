package dev.coffer.flavor.azure;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeader;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import dev.coffer.flavor.http.Endpoint;
import dev.coffer.flavor.http.Exchange;
import dev.coffer.flavor.http.NotSentException;
import dev.coffer.flavor.http.TooLargeException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Carries the requests of the Azure SDK over the HTTP client of the other flavors: with time-outs for the whole of an answer,
 * with a limit for its length, and without following redirects, which would carry a secret to another host.
 */
final class AzureTransport implements HttpClient {
    private static final int MAX_ANSWER_BYTES = 4 << 20; // a page of 25 secrets with 15 tags each; a value has 25 KB
    private static final Set<String> NOT_OURS =
            Set.of("content-length", "host", "connection", "expect", "upgrade", "transfer-encoding");

    private final Exchange exchange;
    private final @Nullable Endpoint vault;

    private AzureTransport(Exchange exchange, @Nullable Endpoint vault) {
        this.exchange = exchange;
        this.vault = vault;
    }

    /** To one key vault and nowhere else; an answer that is an error becomes an {@link AzureFailure}. */
    static AzureTransport toVault(Endpoint vault) {
        return new AzureTransport(
                new Exchange(vault, MAX_ANSWER_BYTES, "check the attributes vault and vault-url"), vault);
    }

    /** To the servers that log in, whose answers the SDK reads. */
    static AzureTransport toLogin(Endpoint vault) {
        Endpoint login = new Endpoint(
                "the login of Azure",
                vault.component(),
                vault.url(),
                vault.tls(),
                vault.connectTimeout(),
                vault.requestTimeout());
        return new AzureTransport(new Exchange(login, MAX_ANSWER_BYTES, "check the attribute authority-host"), null);
    }

    @Override
    public Mono<HttpResponse> send(HttpRequest request) {
        return Mono.fromCallable(() -> sendSync(request, Context.NONE));
    }

    @Override
    public HttpResponse sendSync(HttpRequest request, Context context) {
        URI url = url(request);
        java.net.http.HttpRequest.Builder builder = java.net.http.HttpRequest.newBuilder(url);
        for (HttpHeader header : request.getHeaders()) {
            if (!NOT_OURS.contains(header.getName().toLowerCase(Locale.ROOT))) {
                header.getValuesList().forEach(value -> builder.header(header.getName(), value));
            }
        }
        BinaryData body = request.getBodyAsBinaryData();
        builder.method(
                request.getHttpMethod().toString(),
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body.toBytes()));
        AzureAnswer answer = new AzureAnswer(request, exchanged(builder.build()));
        if (vault != null) {
            answer.requireSuccess();
        }
        return answer;
    }

    /** The next page of a listing is where the server says; no other server gets to see who asks. */
    private URI url(HttpRequest request) {
        URI url;
        try {
            url = request.getUrl().toURI();
        } catch (URISyntaxException e) {
            throw new AzureFailure.Lost("it sends to an address that is none", false);
        }
        if (vault != null
                && !(vault.url().getScheme().equalsIgnoreCase(url.getScheme())
                        && vault.url().getRawAuthority().equalsIgnoreCase(url.getRawAuthority()))) {
            throw new AzureFailure.Lost("it sends to another address, which is not followed", false);
        }
        return url;
    }

    private java.net.http.HttpResponse<byte[]> exchanged(java.net.http.HttpRequest request) {
        try {
            return exchange.send(request);
        } catch (NotSentException e) {
            throw new AzureFailure.NotSent(
                    e.why(),
                    e.mayPass(),
                    e.mayPass()
                            ? "check the attributes vault and vault-url, and the network"
                            : "check the attributes vault-url and ca-file");
        } catch (TooLargeException e) {
            throw new AzureFailure.Lost("the answer is longer than any can be", false);
        } catch (IOException e) {
            throw new AzureFailure.Lost("no whole answer came", true);
        }
    }

    /** Lets the client go. */
    void close() {
        exchange.close();
    }
}
