package dev.coffer.flavor.github;

import dev.coffer.flavor.http.Exchange;

/** Whose secrets they are. */
sealed interface GithubPlace {
    /** The folder of the API in which the secrets lie, without a slash at its end. */
    String path();

    /** What tells whether the place itself is there. */
    String itself();

    /** How many secrets GitHub holds there, those of others included. */
    int limit();

    /** For errors. */
    String word();

    /** A repository's own. */
    record Repository(String owner, String repository) implements GithubPlace {
        @Override
        public String path() {
            return itself() + "/actions/secrets";
        }

        @Override
        public String itself() {
            return "repos/" + Exchange.encode(owner) + "/" + Exchange.encode(repository);
        }

        @Override
        public int limit() {
            return 100;
        }

        @Override
        public String word() {
            return "repository";
        }
    }

    /** Those of jobs that run in an environment of a repository. */
    record Environment(Repository repository, String name) implements GithubPlace {
        @Override
        public String path() {
            return itself() + "/secrets";
        }

        @Override
        public String itself() {
            return repository.itself() + "/environments/"
                    + Exchange.encode(name).replace("/", "%2F");
        }

        @Override
        public int limit() {
            return 100;
        }

        @Override
        public String word() {
            return "environment";
        }
    }

    /** Those that an organization shares among its repositories. */
    record Organization(String name) implements GithubPlace {
        @Override
        public String path() {
            return itself() + "/actions/secrets";
        }

        @Override
        public String itself() {
            return "orgs/" + Exchange.encode(name);
        }

        @Override
        public int limit() {
            return 1_000;
        }

        @Override
        public String word() {
            return "organization";
        }
    }
}
