# The gateway as an image: built with what it takes, run with what it needs.
FROM node:24-slim AS console
WORKDIR /src/console
COPY console/package.json console/package-lock.json console/.npmrc ./
RUN npm ci --omit=dev
COPY console ./
RUN npm run build

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/botbridge
WORKDIR /src
COPY requirements.txt ./
RUN /opt/botbridge/bin/pip install -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY gateway gateway
COPY --from=console /src/gateway/console/static gateway/console/static
COPY vendors vendors
COPY hooks hooks
COPY config config
COPY emulators emulators
# Bytecode that nothing compares with its source: what is in the image does not change.
RUN /opt/botbridge/bin/pip install --no-deps . \
    && /opt/botbridge/bin/pip uninstall --yes pip \
    && /opt/botbridge/bin/python -m compileall -q -f --invalidation-mode unchecked-hash /opt/botbridge/lib

FROM python:3.13-slim
# No pip and no build tools: what runs cannot install anything.
# The base image has no bytecode of the standard library, so that every start would compile it: seconds of a cold start.
RUN python -m pip uninstall --yes pip \
    && python -m compileall -q --invalidation-mode unchecked-hash -x '/(idlelib|tkinter|turtledemo|ensurepip)/' \
        "$(python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin botbridge
COPY --from=build /opt/botbridge /opt/botbridge
ENV PATH=/opt/botbridge/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    BOTBRIDGE_HOST=0.0.0.0 \
    BOTBRIDGE_PORT=8080 \
    BOTBRIDGE_CONFIG=/etc/botbridge
USER 10001
WORKDIR /etc/botbridge
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['BOTBRIDGE_PORT'] + '/healthz', timeout=2)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["botbridge"]
CMD ["serve"]
