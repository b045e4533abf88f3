package dev.coffer.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The bars as an image: SVG that a browser draws on light and dark pages alike. */
record Plot(List<Bar> bars, List<Timed> commands) {
    private static final int WIDTH = 760;
    private static final int LABELS = 210;
    private static final int FIGURES = 90;
    private static final int LINE = 24;
    private static final int THICKNESS = 14;

    private static final String STYLE = """
            text { font: 13px system-ui, sans-serif; fill: #1f2328 }
            .head { font-weight: 600 }
            .met { fill: #2f7d4f } .missed { fill: #b4552d } .other { fill: #8a939d }
            line { stroke: #1f2328; stroke-dasharray: 4 3 }
            @media (prefers-color-scheme: dark) {
              text { fill: #e6edf3 }
              .met { fill: #57ab75 } .missed { fill: #e0823d } .other { fill: #7d8590 }
              line { stroke: #e6edf3 }
            }
            """;

    String svg() {
        List<String> parts = new ArrayList<>();
        int y = LINE;
        List<Bar> barred =
                bars.stream().filter(bar -> !Double.isNaN(bar.share())).toList();
        double widest =
                Math.max(1.25, barred.stream().mapToDouble(Bar::share).max().orElse(1));
        parts.add(text(0, y, "head", "How much of each bar is used (the line is the bar)"));
        int top = y + 8;
        for (Bar bar : barred) {
            y += LINE;
            parts.add(text(0, y, "", name(bar.id())));
            parts.add(bar(y, bar.share() / widest, bar.verdict()));
            parts.add(text(LABELS + length(bar.share() / widest) + 6, y, "", percent(bar.share())));
        }
        int x = LABELS + length(1 / widest);
        parts.add(String.format("<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>", x, top, x, y + 6));
        List<Timed> here = commands.stream().filter(Timed::here).toList();
        if (!here.isEmpty()) {
            y += 2 * LINE;
            parts.add(text(0, y, "head", "Printing one secret, whole process, milliseconds"));
            double slowest = here.stream().mapToDouble(Timed::median).max().orElse(1);
            for (Timed one : here) {
                y += LINE;
                parts.add(text(0, y, "", one.name()));
                parts.add(bar(y, one.median() / slowest, one.name().startsWith("coffer") ? "met" : "other"));
                parts.add(text(
                        LABELS + length(one.median() / slowest) + 6,
                        y,
                        "",
                        String.format(Locale.ROOT, "%.0f", one.median())));
            }
        }
        int height = y + LINE / 2;
        return String.format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">%n"
                        + "<title>Measured bars of coffer</title>%n<style>%n%s</style>%n%s%n</svg>%n",
                WIDTH, height, STYLE, String.join("\n", parts));
    }

    private static String name(String id) {
        return switch (id) {
            case "get" -> "getSecret";
            case "get-many" -> "… among a million";
            case "list" -> "getAllSecretKeys";
            case "list-linear" -> "… is linear";
            case "register" -> "register in bulk";
            case "rotate" -> "rotate the KEK";
            case "verify" -> "verify";
            case "postgres-get" -> "postgres: getSecret";
            case "postgres-update" -> "postgres: updateSecret";
            case "vault-get" -> "vault: getSecret";
            case "vault-update" -> "vault: updateSecret";
            case "cold-25" -> "cold get";
            case "memory-25" -> "memory of a cold get";
            default -> id;
        };
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    private static int length(double share) {
        return (int) Math.round(share * (WIDTH - LABELS - FIGURES));
    }

    private static String bar(int y, double share, String kind) {
        return String.format(
                "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"2\"/>",
                kind, LABELS, y - THICKNESS + 2, Math.max(1, length(share)), THICKNESS);
    }

    private static String text(int x, int y, String kind, String text) {
        String attribute = kind.isEmpty() ? "" : " class=\"" + kind + "\"";
        return String.format("<text%s x=\"%d\" y=\"%d\">%s</text>", attribute, x, y, text);
    }
}
