import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import software.amazon.dynamodb.services.local.main.ServerRunner;
import software.amazon.dynamodb.services.local.server.DynamoDBProxyServer;

/** DynamoDB Local, only for those who know the path. It listens at `raceproof.host`; everywhere if that is not set. */
public final class LockedDynamodb extends Handler.Wrapper {
  private final byte[] path;

  private LockedDynamodb(Handler inside, String secret) {
    super(inside);
    path = ("/" + secret).getBytes();
  }

  public static void main(String[] args) throws Exception {
    var secret = Files.readString(Path.of(System.getProperty("raceproof.secret"))).strip();
    if (secret.isEmpty()) throw new IllegalStateException("The secret is empty.");
    DynamoDBProxyServer local = ServerRunner.createServerFromCommandLineArgs(args);
    var field = DynamoDBProxyServer.class.getDeclaredField("server");
    field.setAccessible(true);
    var server = (Server) field.get(local);
    var host = System.getProperty("raceproof.host");
    if (host != null) ((ServerConnector) server.getConnectors()[0]).setHost(host);
    server.setHandler(new LockedDynamodb(server.getHandler(), secret));
    local.start();
    local.join();
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    var said = request.getHttpURI().getPath();
    var bytes = said == null ? new byte[0] : said.getBytes();
    var ends = bytes.length == path.length || bytes.length > path.length && bytes[path.length] == '/';
    if (ends && MessageDigest.isEqual(Arrays.copyOf(bytes, path.length), path))
      return super.handle(request, response, callback);
    response.setStatus(403);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/x-amz-json-1.0");
    Content.Sink.write(response, true, "{\"__type\":\"com.amazonaws.dynamodb.v20120810#AccessDeniedException\","
        + "\"message\":\"The path of the URL is not the one of this server.\"}", callback);
    return true;
  }
}
