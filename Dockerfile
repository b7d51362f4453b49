# The same steps as ./run: .ci/setup.sh installs what the build needs.
FROM debian:12-slim AS build
WORKDIR /zielraum
COPY . .
# docker compose build --build-arg FEATURES=oidc: with sign-in at an identity provider.
ARG FEATURES=
# DATABASE_URL says: no PostgreSQL in here, docker-compose.yml brings one.
RUN --mount=type=cache,target=/root/.cargo/registry \
    --mount=type=cache,target=/zielraum/target \
    set -eu; . .ci/setup.sh; \
    DATABASE_URL=none prepare; \
    cargo build --release --locked --features "$FEATURES" --bin zielraum; \
    cp target/release/zielraum /usr/local/bin/

FROM debian:12-slim
# pg_dump and pg_restore of the version in docker-compose.yml, for `zielraum backup`.
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends libgdal32 proj-data curl ca-certificates postgresql-client-15 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home zielraum
COPY --from=build /usr/local/bin/zielraum /usr/local/bin/
USER zielraum
ENV ZIELRAUM_LISTEN=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=10s --start-period=120s CMD curl -fsS http://127.0.0.1:8080/health/ready || exit 1
ENTRYPOINT ["zielraum"]
CMD ["serve"]
