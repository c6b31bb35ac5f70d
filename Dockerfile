# The command with everything it needs. A portfolio is mounted at /portfolio:
#   docker build -t propension .
#   docker run --rm --init -v /srv/cartera:/portfolio propension score
FROM python:3.12-slim-bookworm

# LightGBM's threads.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/*

RUN useradd --uid 10001 --create-home propension

WORKDIR /app
COPY requirements.lock .
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock

COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY pipelines pipelines
RUN pip install --no-cache-dir --no-deps --no-build-isolation . \
    && install --directory --owner propension /portfolio

USER propension
WORKDIR /portfolio
# Runs and their schedules are remembered with the portfolio.
ENV PREFECT_HOME=/portfolio/.prefect \
    PYTHONUNBUFFERED=1
ENTRYPOINT ["propension"]
CMD ["--help"]
