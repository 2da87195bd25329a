# Builds the proxy as one static file, and puts it beside Node (npx), Python and uv (uvx), with which most servers
# are started. Both stages are Debian 12, so that the file meets the C library that it was linked against.

ARG SWIFT_IMAGE=swift:6.3-bookworm
ARG NODE_IMAGE=node:24-bookworm-slim
ARG PYTHON_IMAGE=python:3.13-slim-bookworm

FROM ${SWIFT_IMAGE} AS build
WORKDIR /source

# Dependencies change less often than sources, so they have a layer of their own.
COPY Package.swift ./
RUN swift package resolve

# The manifest names the test targets, so their folders have to be there.
COPY Sources ./Sources
COPY Tests ./Tests
RUN swift build -c release --product mcp-proxy --static-swift-stdlib \
 && install -D "$(swift build -c release --show-bin-path)/mcp-proxy" /out/mcp-proxy \
 && strip -g /out/mcp-proxy

FROM ${NODE_IMAGE} AS node

FROM ${PYTHON_IMAGE}

RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl git libstdc++6 \
 && rm -rf /var/lib/apt/lists/*

COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
 && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx \
 && pip install --no-cache-dir --root-user-action=ignore uv

# npx and uvx keep what they download below the home directory: mount a volume there to keep it. With --user it may be
# anybody's, so everybody can make files there, each their own.
RUN useradd --create-home --uid 10001 --shell /usr/sbin/nologin mcp \
 && chmod 1777 /home/mcp \
 && mkdir /config
COPY --from=build /out/mcp-proxy /usr/local/bin/mcp-proxy

USER mcp
WORKDIR /home/mcp
ENV HOME=/home/mcp \
    MCP_PROXY_HEALTH_URL=http://127.0.0.1:9090/healthz
EXPOSE 9090

# Asks the process, not its servers: /readyz tells of those. Set MCP_PROXY_HEALTH_URL if "addr" has another port.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
    CMD curl --fail --silent --show-error --noproxy '*' --output /dev/null "$MCP_PROXY_HEALTH_URL" || exit 1

# The proxy ends its servers itself when it is told to stop. `docker run --init` (in compose: init: true) puts a
# process before it that also reaps what a killed server may leave behind.
ENTRYPOINT ["mcp-proxy"]
CMD ["--config", "/config/config.json", "--state-dir", "/home/mcp/state"]
