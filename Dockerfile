# An ATT&CK Navigator with its ATT&CK data and your layers, from one address and without a network:
#
#   docker build -t navigator-export .
#   docker run --rm -p 127.0.0.1:8080:8080 -v "$PWD/layers:/layers:ro" navigator-export
#
# then open http://127.0.0.1:8080/. Any other command works too, and writes into your folder as you:
#
#   docker run --rm --user "$(id -u)" -v "$PWD:/layers" navigator-export export sample -o layer.json

FROM node:22-bookworm-slim AS navigator
ARG NAVIGATOR=v5.1.0
# Releases of ATT&CK that the Navigator opens without a network, the full numbers of MITRE's STIX files.
ARG ATTACK="16.1 18.1 19.1 20.0"
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates git \
 && rm -rf /var/lib/apt/lists/*
RUN git clone --quiet --depth 1 --branch "$NAVIGATOR" https://github.com/mitre-attack/attack-navigator.git /navigator
WORKDIR /navigator/nav-app
RUN npm ci --ignore-scripts \
 && NG_CLI_ANALYTICS=false npx ng build --output-path /dist
COPY docker/attack-data.mjs /
RUN node /attack-data.mjs /dist $ATTACK

FROM python:3.13-slim-bookworm
COPY . /source
RUN pip install --no-cache-dir "/source[pictures]" \
 && rm -r /source \
 && useradd --uid 10001 --create-home navigator-export
COPY --from=navigator /dist /navigator
USER 10001
WORKDIR /layers
EXPOSE 8080
ENTRYPOINT ["navigator-export"]
CMD ["serve", "/layers", "--navigator", "/navigator", "--port", "8080", "--in-container"]
