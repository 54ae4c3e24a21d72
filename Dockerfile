# The images: mockllm, harness (the test runner, which suites are added to by FROM), and what the sample
# run of this repository needs: deck-agent, deck-tests, postgres, redis. scripts/ci/build.sh builds them;
# a plain `docker build --target harness .` builds one from source as well.
#
# What a step depends on is copied before it: not every builder looks into a mount before it takes a
# step from its cache. Only the network is mounted, which must not be a part of an image.

ARG BASE=docker.io/library/debian:bookworm-slim
# Where the programs come from: "source" builds them, "built" takes build/release/bin.
ARG PROGRAMS=source

# Replaced by `--build-context network=FOLDER`: the builder's own way to mirrors.
FROM scratch AS network

FROM ${BASE} AS base
COPY scripts/ci/images /usr/local/lib/drydock
ENV LANG=C.UTF-8 PATH=/usr/local/lib/drydock:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

FROM base AS source
COPY scripts/lib/packages.txt /source/scripts/lib/
WORKDIR /source
RUN --mount=type=bind,from=network,target=/run/network \
    sed --silent 's/^\([a-z0-9][^ ]*\).*/\1/p' scripts/lib/packages.txt | xargs apt-install.sh
COPY . .
RUN cmake --preset release && \
    cmake --build build/release --target mockllm harness agent_test && \
    mkdir -p /programs && \
    cp build/release/bin/mockllm build/release/bin/harness build/release/bin/agent_test /programs/ && \
    runtime-packages.sh /programs/* >/tmp/packages.txt && mv /tmp/packages.txt /programs/

FROM scratch AS built
COPY build/release/bin/ /programs/

FROM ${PROGRAMS} AS programs
WORKDIR /programs

FROM base AS python
RUN --mount=type=bind,from=network,target=/run/network \
    apt-install.sh ca-certificates python3
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1

# The libraries that the programs load, as packages: what scans an image for old ones sees them.
FROM python AS libraries
COPY --from=programs /programs/packages.txt /usr/local/share/drydock/
RUN --mount=type=bind,from=network,target=/run/network \
    xargs apt-install.sh </usr/local/share/drydock/packages.txt

FROM python AS pip
RUN --mount=type=bind,from=network,target=/run/network \
    apt-install.sh python3-pip

FROM pip AS runner-packages
RUN --mount=type=bind,from=network,target=/run/network \
    pip-install.sh /packages /usr/local/lib/drydock/requirements-runner.txt

FROM pip AS deck-packages
COPY tests/integration/requirements.txt /
RUN --mount=type=bind,from=network,target=/run/network \
    pip-install.sh /packages /requirements.txt

FROM libraries AS mockllm-files
COPY --from=programs /programs/mockllm /usr/bin/
RUN collect.sh /files /usr/bin/mockllm /etc/ssl/certs/ca-certificates.crt && \
    ln -s usr/lib /files/lib && \
    if [ -d /files/usr/lib64 ]; then ln -s usr/lib64 /files/lib64; fi

# One program and what it loads: no shell, no packages, nobody to log in.
FROM scratch AS mockllm
COPY --from=mockllm-files /files /
USER 10001:10001
EXPOSE 4010
ENTRYPOINT ["/usr/bin/mockllm"]
CMD ["serve", "--host=0.0.0.0"]
LABEL org.opencontainers.image.title="drydock-mockllm"

# To be run read-only: only /tmp and the report folder, /drydock/build/reports, are written to.
FROM libraries AS runner
COPY --from=runner-packages /packages /usr/local/lib/python3.11/dist-packages
COPY --from=programs /programs/mockllm /programs/harness /usr/local/bin/
WORKDIR /drydock
RUN mkdir -p build/reports && chmod 1777 build/reports
ENV HOME=/tmp
USER 10001:10001
ENTRYPOINT ["/usr/local/bin/harness"]
CMD ["run"]

FROM runner AS harness
LABEL org.opencontainers.image.title="drydock-harness"

FROM runner AS deck-tests
COPY --from=deck-packages /packages /usr/local/lib/python3.11/dist-packages
COPY --from=programs /programs/agent_test build/release/bin/
COPY harness.yaml ./
COPY tests/integration tests/integration
LABEL org.opencontainers.image.title="drydock-deck-tests"

FROM python AS deck-agent
COPY --from=deck-packages /packages /usr/local/lib/python3.11/dist-packages
COPY tests/integration/deck_agent /deck/deck_agent
WORKDIR /deck
RUN python3 -m compileall -q --invalidation-mode unchecked-hash deck_agent
ENV DECK_AGENT_HOST=0.0.0.0
USER 10001:10001
EXPOSE 8080
ENTRYPOINT ["python3", "-m", "deck_agent"]
LABEL org.opencontainers.image.title="drydock-deck-agent"

# What PostgreSQL's just-in-time compiler needs is bigger than all the rest, and is not taken along.
FROM base AS postgres-files
RUN --mount=type=bind,from=network,target=/run/network \
    apt-install.sh postgresql
RUN rm /usr/lib/postgresql/*/lib/llvmjit*.so && \
    cd /usr/lib/postgresql/* && \
    collect.sh /files "${PWD}/bin/postgres" "${PWD}/bin/initdb" "${PWD}/bin/psql" \
      "${PWD}/bin/pg_isready" "${PWD}/bin/pg_dump" "${PWD}"/lib/*.so && \
    mkdir -p /files/usr/share /files/usr/local/bin && \
    cp -R /usr/share/postgresql /usr/share/zoneinfo /files/usr/share/ && \
    ln -s "${PWD}"/bin/* /files/usr/local/bin/

FROM base AS postgres
COPY --from=postgres-files /files /
# initdb asks for the name of who runs it.
RUN printf 'postgres:x:10001:10001::/var/lib/postgresql:/usr/sbin/nologin\n' >>/etc/passwd && \
    mkdir -p /var/lib/postgresql/data /var/run/postgresql && \
    chown 10001:10001 /var/lib/postgresql/data /var/run/postgresql
USER 10001:10001
EXPOSE 5432
ENTRYPOINT ["postgres-entrypoint.sh"]
CMD ["postgres"]
LABEL org.opencontainers.image.title="drydock-postgres"

FROM base AS redis-files
RUN --mount=type=bind,from=network,target=/run/network \
    apt-install.sh redis-server && \
    collect.sh /files /usr/bin/redis-server /usr/bin/redis-cli

FROM base AS redis
COPY --from=redis-files /files /
USER 10001:10001
EXPOSE 6379
ENTRYPOINT ["redis-server"]
LABEL org.opencontainers.image.title="drydock-redis"
