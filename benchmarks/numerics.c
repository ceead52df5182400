/* Forward and backpropagation through time of one sequence, as one would write it in C: the peer of numerics.py.
 *
 * Matrices are stored so that every inner loop is contiguous: Wt (N, G*H), Ut (H, G*H), U (G*H, H).
 * The readout is linear with K outputs, the loss half the squared error at every step; what is kept per step is
 * what rnnviz keeps: gates, states, dL/dh and dL/da. h, c and dh have T + 1 rows, the first one at time 0.
 */
#include <math.h>
#include <stddef.h>
#include <string.h>

typedef struct {
    ptrdiff_t T, N, H, K;
    const double *x, *Wt, *Ut, *W, *U, *b, *bn, *V, *Vt, *by, *targets;
    double *gates, *u, *h, *c, *tc, *y, *dh, *dc, *da, *du;
    double *dW, *dU, *db, *dbn, *dV, *dby, *dx;
} Task;

static double sigmoid(double a) { return 0.5 + 0.5 * tanh(0.5 * a); }

/* out += v M, with M (rows, columns) */
static void add_product(const double *v, const double *M, ptrdiff_t rows, ptrdiff_t columns, double *restrict out) {
    for (ptrdiff_t j = 0; j < rows; j++)
        for (ptrdiff_t i = 0; i < columns; i++) out[i] += v[j] * M[j * columns + i];
}

/* M += d v^T, with M (rows, columns) */
static void add_outer(const double *d, const double *v, ptrdiff_t rows, ptrdiff_t columns, double *restrict M) {
    for (ptrdiff_t i = 0; i < rows; i++)
        for (ptrdiff_t j = 0; j < columns; j++) M[i * columns + j] += d[i] * v[j];
}

static void add(const double *v, ptrdiff_t n, double *restrict out) {
    for (ptrdiff_t i = 0; i < n; i++) out[i] += v[i];
}

static double read_out(const Task *k) {
    double loss = 0;
    for (ptrdiff_t t = 0; t < k->T; t++) {
        double *y = k->y + t * k->K, *dh = k->dh + (t + 1) * k->H;
        const double *h = k->h + (t + 1) * k->H;
        memcpy(y, k->by, k->K * sizeof *y);
        add_product(h, k->Vt, k->H, k->K, y);
        for (ptrdiff_t i = 0; i < k->K; i++) {
            y[i] -= k->targets[t * k->K + i];
            loss += 0.5 * y[i] * y[i];
        }
        add_outer(y, h, k->K, k->H, k->dV);
        add(y, k->K, k->dby);
        memset(dh, 0, k->H * sizeof *dh);
        add_product(y, k->V, k->K, k->H, dh);
    }
    memset(k->dh, 0, k->H * sizeof *k->dh);
    return loss;
}

static void to_weights(const Task *k, ptrdiff_t t, ptrdiff_t rows, const double *da, const double *du) {
    add_outer(da, k->x + t * k->N, rows, k->N, k->dW);
    add_outer(du, k->h + t * k->H, rows, k->H, k->dU);
    add(da, rows, k->db);
    add_product(du, k->U, rows, k->H, k->dh + t * k->H);
    memset(k->dx + t * k->N, 0, k->N * sizeof *k->dx);
    add_product(da, k->W, rows, k->N, k->dx + t * k->N);
}

double rnn(const Task *k) {
    const ptrdiff_t H = k->H;
    for (ptrdiff_t t = 0; t < k->T; t++) {
        double *h = k->h + (t + 1) * H;
        memcpy(h, k->b, H * sizeof *h);
        add_product(k->x + t * k->N, k->Wt, k->N, H, h);
        add_product(k->h + t * H, k->Ut, H, H, h);
        for (ptrdiff_t i = 0; i < H; i++) h[i] = tanh(h[i]);
    }
    double loss = read_out(k);
    for (ptrdiff_t t = k->T - 1; t >= 0; t--) {
        const double *h = k->h + (t + 1) * H, *dh = k->dh + (t + 1) * H;
        double *da = k->da + t * H;
        for (ptrdiff_t i = 0; i < H; i++) da[i] = dh[i] * (1 - h[i] * h[i]);
        to_weights(k, t, H, da, da);
    }
    return loss;
}

double lstm(const Task *k) {
    const ptrdiff_t H = k->H;
    for (ptrdiff_t t = 0; t < k->T; t++) {
        double *g = k->gates + t * 4 * H, *h = k->h + (t + 1) * H, *c = k->c + (t + 1) * H, *tc = k->tc + t * H;
        memcpy(g, k->b, 4 * H * sizeof *g);
        add_product(k->x + t * k->N, k->Wt, k->N, 4 * H, g);
        add_product(k->h + t * H, k->Ut, H, 4 * H, g);
        for (ptrdiff_t i = 0; i < H; i++) {
            g[i] = sigmoid(g[i]);
            g[H + i] = sigmoid(g[H + i]);
            g[2 * H + i] = tanh(g[2 * H + i]);
            g[3 * H + i] = sigmoid(g[3 * H + i]);
            c[i] = g[H + i] * c[i - H] + g[i] * g[2 * H + i];
            tc[i] = tanh(c[i]);
            h[i] = g[3 * H + i] * tc[i];
        }
    }
    double loss = read_out(k);
    memset(k->dc, 0, (k->T + 1) * H * sizeof *k->dc);
    for (ptrdiff_t t = k->T - 1; t >= 0; t--) {
        const double *g = k->gates + t * 4 * H, *c = k->c + t * H, *tc = k->tc + t * H, *dh = k->dh + (t + 1) * H;
        double *da = k->da + t * 4 * H, *dc = k->dc + (t + 1) * H;
        for (ptrdiff_t i = 0; i < H; i++) {
            const double in = g[i], f = g[H + i], n = g[2 * H + i], o = g[3 * H + i];
            dc[i] += dh[i] * o * (1 - tc[i] * tc[i]);
            da[i] = dc[i] * n * in * (1 - in);
            da[H + i] = dc[i] * c[i] * f * (1 - f);
            da[2 * H + i] = dc[i] * in * (1 - n * n);
            da[3 * H + i] = dh[i] * tc[i] * o * (1 - o);
            dc[i - H] += dc[i] * f;
        }
        to_weights(k, t, 4 * H, da, da);
    }
    return loss;
}

double gru(const Task *k) {
    const ptrdiff_t H = k->H;
    for (ptrdiff_t t = 0; t < k->T; t++) {
        double *g = k->gates + t * 3 * H, *u = k->u + t * 3 * H, *h = k->h + (t + 1) * H;
        memcpy(g, k->b, 3 * H * sizeof *g);
        memset(u, 0, 2 * H * sizeof *u);
        memcpy(u + 2 * H, k->bn, H * sizeof *u);
        add_product(k->x + t * k->N, k->Wt, k->N, 3 * H, g);
        add_product(k->h + t * H, k->Ut, H, 3 * H, u);
        for (ptrdiff_t i = 0; i < H; i++) {
            g[i] = sigmoid(g[i] + u[i]);
            g[H + i] = sigmoid(g[H + i] + u[H + i]);
            g[2 * H + i] = tanh(g[2 * H + i] + g[i] * u[2 * H + i]);
            h[i] = (1 - g[H + i]) * g[2 * H + i] + g[H + i] * h[i - H];
        }
    }
    double loss = read_out(k);
    for (ptrdiff_t t = k->T - 1; t >= 0; t--) {
        const double *g = k->gates + t * 3 * H, *u = k->u + t * 3 * H, *h = k->h + t * H, *dh = k->dh + (t + 1) * H;
        double *da = k->da + t * 3 * H, *du = k->du + t * 3 * H, *before = k->dh + t * H;
        for (ptrdiff_t i = 0; i < H; i++) {
            const double r = g[i], z = g[H + i], n = g[2 * H + i];
            da[2 * H + i] = dh[i] * (1 - z) * (1 - n * n);
            du[2 * H + i] = da[2 * H + i] * r;
            du[i] = da[i] = da[2 * H + i] * u[2 * H + i] * r * (1 - r);
            du[H + i] = da[H + i] = dh[i] * (h[i] - n) * z * (1 - z);
            before[i] += dh[i] * z;
        }
        to_weights(k, t, 3 * H, da, du);
        add(du + 2 * H, H, k->dbn);
    }
    return loss;
}
